package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.rest.ListenAddress;
import io.tidemark.spi.config.Setting;
import java.util.List;

/** The settings of an Iceberg lake; what a catalog or a FileIO needs besides goes under {@code properties:}. */
final class IcebergSettings {
    /** How deletes are written. */
    static final Setting<Deletes> DELETES = Setting.choice(
            "deletes",
            Deletes.DELETION_VECTORS,
            "How mirrors mark deleted rows: deletion vectors (Iceberg format version 3), or position deletes (version 2) for engines that need"
                    + " them; for tables made from now on.");

    /** Where the catalog is served. */
    static final Setting<ListenAddress> SERVE = new Setting<>(
            "serve",
            "host:port",
            null,
            true,
            false,
            "Address at which 'tidemark run' serves the catalog to query engines as an Iceberg REST catalog that only reads, for example"
                    + " 127.0.0.1:8181; absent to serve none. An address that other machines reach needs serve-token.",
            ListenAddress::parse);

    /** What requests to the served catalog must bring. */
    static final Setting<String> SERVE_TOKEN = Setting.text(
                    "serve-token",
                    "Bearer token that requests to the served catalog must bring; absent to ask for none.")
            .asOptional()
            .asSecret();

    static final List<Setting<?>> ALL = List.of(DELETES, SERVE, SERVE_TOKEN);

    private IcebergSettings() {}

    /** How deletes are written, and with it the format version. */
    enum Deletes {
        DELETION_VECTORS(3),
        POSITION_DELETES(2);

        private final int formatVersion;

        Deletes(int formatVersion) {
            this.formatVersion = formatVersion;
        }

        int formatVersion() {
            return formatVersion;
        }
    }
}
