package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.lake.SupportsCatalogEndpoint;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import io.tidemark.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trino reads mirrors with readers of its own: Iceberg (position deletes) through the catalog that is served, Delta (deletion vectors) in S3, and Hudi
 * (copy-on-write), which Trino reads in S3 only, from a copy there. Needs an unpacked trino-server 476 ({@code -Dtidemark.trino=FOLDER}) and a JDK that it runs on ({@code -Dtidemark.trino.java=FOLDER}).
 */
@EnabledIfSystemProperty(named = "tidemark.trino", matches = ".+")
class TrinoIT {
    private static final String SUMS = "select count(*), sum(id), sum(n), count(big), min(name), max(name) from ";
    private static final String ROWS = "select id, name, n, big from %s order by id limit 500";

    @TempDir
    Path folder;

    @Test
    void trinoReadsWhatTheDatabaseHas() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start();
                S3Server storage = S3Server.start(folder.resolve("s3"))) {
            String database = server.createDatabase();
            String bucket = storage.createBucket("bucket");
            try (MirroredDatabase iceberg = mirror(
                            server,
                            database,
                            "iceberg",
                            "./lake",
                            "  deletes: position-deletes\n  serve: '127.0.0.1:0'\n");
                    MirroredDatabase delta = mirror(server, database, "delta", bucket + "/lake", properties(storage));
                    MirroredDatabase hudi = mirror(server, database, "hudi", "./lake", "")) {
                change(iceberg, delta, hudi);
                hudi.stop();
                copy(
                        hudi.lake().resolve("mirror/public/t"),
                        storage.folder(bucket).resolve("hudi"));
                Path metastore = Files.createDirectories(folder.resolve("metastore"));
                try (CatalogEndpoint endpoint = ((SupportsCatalogEndpoint)
                                        iceberg.pipeline().lake())
                                .openCatalogEndpoint()
                                .orElseThrow();
                        TrinoServer trino = new TrinoServer(
                                Path.of(System.getProperty("tidemark.trino")),
                                Path.of(System.getProperty("tidemark.trino.java")),
                                folder.resolve("trino"),
                                Map.of(
                                        "ice",
                                        """
                                        connector.name=iceberg
                                        iceberg.catalog.type=rest
                                        iceberg.rest-catalog.uri=%s
                                        fs.hadoop.enabled=true
                                        """.formatted(endpoint.uri()),
                                        "delta",
                                        """
                                        connector.name=delta_lake
                                        delta.register-table-procedure.enabled=true
                                        """ + inS3(storage, metastore),
                                        "hudi",
                                        """
                                        connector.name=hudi
                                        """ + inS3(storage, metastore)))) {
                    trino.query("create schema delta.lake");
                    trino.query("call delta.system.register_table('lake', 't', '" + bucket + "/lake/mirror/public/t')");
                    registerHudi(metastore.resolve("lake/h"), bucket + "/hudi");
                    for (String table : List.of("ice.public.t", "delta.lake.t", "hudi.lake.h")) {
                        assertThat(trino.query(SUMS + table)).as(table).isEqualTo(source(server, database, SUMS + "t"));
                        assertThat(trino.query(ROWS.formatted(table)))
                                .as(table)
                                .isEqualTo(source(server, database, ROWS.formatted("t")));
                    }
                }
            }
        }
    }

    private static String inS3(S3Server storage, Path metastore) {
        return """
                hive.metastore=file
                hive.metastore.catalog.dir=file://%s
                fs.hadoop.enabled=true
                fs.native-s3.enabled=true
                s3.endpoint=%s
                s3.region=eu-west-1
                s3.path-style-access=true
                s3.aws-access-key=%s
                s3.aws-secret-key=%s
                """.formatted(metastore, storage.endpoint(), storage.accessKey(), storage.secretKey());
    }

    private static String properties(S3Server storage) {
        return "  properties:\n"
                + storage.properties().entrySet().stream()
                        .map(property -> "    " + property.getKey() + ": \"" + property.getValue() + "\"\n")
                        .collect(Collectors.joining());
    }

    /** Trino's connector makes no Hudi tables: this is the entry of its file metastore that a Hive metastore would have. */
    private static void registerHudi(Path entry, String location) throws IOException {
        Files.createDirectories(entry);
        Files.writeString(entry.resolve(".trinoSchema"), """
                {"writerVersion": "476", "owner": "test", "tableType": "EXTERNAL_TABLE",
                 "dataColumns": [
                  {"name": "id", "type": "int", "properties": {}},
                  {"name": "name", "type": "string", "properties": {}},
                  {"name": "n", "type": "decimal(20,3)", "properties": {}},
                  {"name": "big", "type": "string", "properties": {}}],
                 "partitionColumns": [], "parameters": {"EXTERNAL": "TRUE"},
                 "originalStorageFormat": {
                  "serde": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                  "inputFormat": "org.apache.hudi.hadoop.HoodieParquetInputFormat",
                  "outputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"},
                 "serdeParameters": {}, "externalLocation": "%s", "columnStatistics": {}}
                """.formatted(location));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private MirroredDatabase mirror(
            EmbeddedPostgresServer server, String database, String type, String location, String more)
            throws Exception {
        return new MirroredDatabase(
                server,
                database,
                type,
                Files.createDirectories(folder.resolve(type)),
                location,
                "  type: " + type + "\n" + more + "slices: {interval: 1s}\n");
    }

    private static void change(MirroredDatabase... mirrors) throws Exception {
        mirrors[0].execute(
                "create table t (id int primary key, name text, n numeric(20,3), big text)",
                "insert into t select i, md5(i::text), i, repeat(md5(i::text), 20) from generate_series(1, 20000) i");
        for (MirroredDatabase mirror : mirrors) {
            mirror.start();
            mirror.awaitLive("t");
        }
        mirrors[0].execute(
                "update t set name = 'changed' where id % 3 = 0",
                "delete from t where id % 5 = 0",
                "update t set id = -id where id % 7 = 0",
                "insert into t (id, name) values (0, 'zero')");
        for (MirroredDatabase mirror : mirrors) {
            mirror.prove();
        }
    }

    private static List<List<String>> source(EmbeddedPostgresServer server, String database, String sql)
            throws Exception {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(result.getString(i)));
                }
                rows.add(values);
            }
        }
        return rows;
    }
}
