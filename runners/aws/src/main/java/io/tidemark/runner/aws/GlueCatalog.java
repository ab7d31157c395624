package io.tidemark.runner.aws;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.MirrorCatalog;
import io.tidemark.spi.schema.TableId;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.AlreadyExistsException;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableInput;

/**
 * Delta tables in the AWS Glue Data Catalog, as Athena, Spark and Trino find them: an external table of one column that nobody reads, of which provider
 * and path count; columns are in the table's log. Source: Amazon Athena user guide, "Synchronize Delta Lake metadata".
 */
final class GlueCatalog implements MirrorCatalog {
    static final String SERVICE = "the AWS Glue Data Catalog";

    /** Property of our entries: the mirror whose it is. */
    private static final String MIRROR = "tidemark.mirror";

    private static final Column UNREAD =
            Column.builder().name("col").type("array<string>").build();

    private final GlueClient client;
    private final Optional<String> database;

    /** @param database database of all mirrors; empty for one of each schema's name */
    GlueCatalog(GlueClient client, Optional<String> database) {
        this.client = client;
        this.database = database;
    }

    @Override
    public void register(TableId mirror, String location) {
        call("register", mirror, () -> {
            Optional<Table> found = find(mirror);
            if (found.isEmpty()) {
                create(mirror, location);
                return;
            }
            Table table = found.orElseThrow();
            requireOurs(mirror, table);
            if (!location.equals(table.storageDescriptor().location())) {
                client.updateTable(
                        update -> update.databaseName(database(mirror)).tableInput(entry(mirror, location)));
            }
        });
    }

    private void create(TableId mirror, String location) {
        try {
            client.createTable(create -> create.databaseName(database(mirror)).tableInput(entry(mirror, location)));
        } catch (EntityNotFoundException e) {
            try {
                client.createDatabase(create -> create.databaseInput(input -> input.name(database(mirror))));
            } catch (AlreadyExistsException made) {
                // By another process of this pipeline.
            }
            client.createTable(create -> create.databaseName(database(mirror)).tableInput(entry(mirror, location)));
        }
    }

    @Override
    public void remove(TableId mirror) {
        call("remove", mirror, () -> {
            find(mirror)
                    .filter(table -> isOurs(mirror, table))
                    .ifPresent(table -> client.deleteTable(
                            delete -> delete.databaseName(database(mirror)).name(name(mirror))));
        });
    }

    @Override
    public void close() {
        client.close();
    }

    private Optional<Table> find(TableId mirror) {
        try {
            return Optional.of(
                    client.getTable(get -> get.databaseName(database(mirror)).name(name(mirror)))
                            .table());
        } catch (EntityNotFoundException e) {
            return Optional.empty();
        }
    }

    private static TableInput entry(TableId mirror, String location) {
        return TableInput.builder()
                .name(name(mirror))
                .tableType("EXTERNAL_TABLE")
                .parameters(Map.of("EXTERNAL", "TRUE", "spark.sql.sources.provider", "delta", MIRROR, mirror.quoted()))
                .storageDescriptor(storage -> storage.columns(UNREAD)
                        .location(location)
                        .serdeInfo(serde -> serde.parameters(Map.of("serialization.format", "1", "path", location))))
                .build();
    }

    private static boolean isOurs(TableId mirror, Table table) {
        return mirror.quoted().equals(table.parameters().get(MIRROR));
    }

    private static void requireOurs(TableId mirror, Table table) {
        if (!isOurs(mirror, table)) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot register " + mirror + " in " + SERVICE + ": there is another table of its name (table="
                            + table.databaseName() + "." + table.name() + ")",
                    "Drop that table, or name another database under catalog:.",
                    null);
        }
    }

    /** Names of the catalog are in lower case. */
    private String database(TableId mirror) {
        return database.orElse(mirror.schema()).toLowerCase(Locale.ROOT);
    }

    private static String name(TableId mirror) {
        return mirror.name().toLowerCase(Locale.ROOT);
    }

    private static void call(String verb, TableId mirror, Runnable work) {
        try {
            work.run();
        } catch (SdkException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_IO,
                    "Cannot " + verb + " " + mirror + " in " + SERVICE + ": " + e.getMessage(),
                    "Correct the settings of catalog:, or the permissions of this process.",
                    e);
        }
    }
}
