package io.tidemark.lake.iceberg;

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

    static final List<Setting<?>> ALL = List.of(DELETES);

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
