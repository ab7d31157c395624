package io.tidemark.source.postgres;

import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresUrl;
import io.tidemark.source.postgres.slot.CaptureNames;
import io.tidemark.source.postgres.slot.SlotKind;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of the source. */
final class PostgresSettings {
    static final Setting<PostgresUrl> URL = new Setting<>(
            "url",
            "url",
            null,
            false,
            false,
            "Where the database is: postgresql://host:port/database, with parameters of the PostgreSQL JDBC driver behind it, for example ?sslmode=require.",
            PostgresUrl::parse);

    static final Setting<PostgresUrl> REPLICA_URL = new Setting<>(
            "replica-url",
            "url",
            null,
            true,
            false,
            "A standby of the database (PostgreSQL 16 and later) whose rows are read for loads and proofs, so that they cost the primary next to nothing;"
                    + " with the same user, password and form of url.",
            PostgresUrl::parse);

    static final Setting<String> USER =
            Setting.text("user", "Role that connects; it needs REPLICATION, and SELECT on the tables.");

    static final Setting<String> PASSWORD = Setting.text(
                    "password", "Password of the role; absent when the server asks for none.")
            .asOptional()
            .asSecret();

    static final Setting<String> SLOT = new Setting<>(
            "slot",
            "name",
            null,
            true,
            false,
            "Name of the replication slot, 1 to 63 of a-z, 0-9 and _; by default tidemark_ and the pipeline's name.",
            text -> new CaptureNames("", text, "publication").slot());

    static final Setting<String> PUBLICATION = new Setting<>(
            "publication",
            "name",
            null,
            true,
            false,
            "Name of the publication, up to 55 bytes; by default tidemark_ and the pipeline's name. A second one, with _inserts behind the"
                    + " name, holds tables without a key.",
            text -> new CaptureNames("", "slot", text).publication());

    static final Setting<Boolean> FAILOVER_SLOT = Setting.flag(
            "failover-slot",
            "true",
            "Whether standbys may have the replication slot too (PostgreSQL 17 and later), so that capture goes on after one of them is promoted;"
                    + " they have it when they say sync_replication_slots = on.");

    static final List<Setting<?>> ALL = List.of(URL, REPLICA_URL, USER, PASSWORD, SLOT, PUBLICATION, FAILOVER_SLOT);

    private PostgresSettings() {}

    static Connections connections(String pipeline, Settings settings) {
        return connections(settings.value(URL), pipeline, settings);
    }

    static @Nullable Connections replica(String pipeline, Settings settings) {
        return settings.find(REPLICA_URL)
                .map(url -> connections(url, pipeline, settings))
                .orElse(null);
    }

    private static Connections connections(PostgresUrl url, String pipeline, Settings settings) {
        return new Connections(
                url, settings.value(USER), settings.find(PASSWORD).orElse(null), pipeline);
    }

    static SlotKind slotKind(Settings settings) {
        return settings.value(FAILOVER_SLOT) ? SlotKind.FAILOVER : SlotKind.LOCAL;
    }

    static CaptureNames names(String pipeline, Settings settings) {
        String byDefault = CaptureNames.defaultName(pipeline);
        return new CaptureNames(
                pipeline,
                settings.find(SLOT).orElse(byDefault),
                settings.find(PUBLICATION).orElse(byDefault));
    }
}
