package io.tidemark.dist;

import io.tidemark.engine.table.TableState;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A pipeline over a test database. */
final class MirroredDatabase extends MirroredPipeline {
    private final EmbeddedPostgresServer server;
    private final String database;

    MirroredDatabase(EmbeddedPostgresServer server, String database, Path folder, String more) throws IOException {
        this(server, database, database, folder, more);
    }

    /**
     * @param pipeline name of the pipeline, by which several mirror one database
     * @param more rest of the configuration, from the section lake on
     */
    MirroredDatabase(EmbeddedPostgresServer server, String database, String pipeline, Path folder, String more)
            throws IOException {
        this(server, database, pipeline, folder, "./lake", more);
    }

    /** @param location of the lake, in the folder or elsewhere */
    MirroredDatabase(
            EmbeddedPostgresServer server, String database, String pipeline, Path folder, String location, String more)
            throws IOException {
        super(folder, """
                pipeline: %s
                source:
                  type: postgres
                  url: postgresql://localhost:%d/%s
                  user: postgres
                lake:
                  location: %s
                """.formatted(pipeline, server.port(), database, location) + more, Map.of());
        this.server = server;
        this.database = database;
    }

    void execute(String... statements) {
        server.execute(database, statements);
    }

    void awaitLive(String... tables) {
        for (String table : tables) {
            awaitState(new TableId("public", table), TableState.LIVE);
        }
    }
}
