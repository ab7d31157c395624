package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.Certificate;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.server.DynamoDbServer;
import io.tidemark.spi.schema.TableId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark workload} on DynamoDB, with a mirror that follows it. */
class DynamoDbWorkloadIT {
    private static DynamoDbTables tables;
    private static DynamoDbServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() {
        tables = new DynamoDbTables();
        server = tables.server();
    }

    @AfterAll
    static void stopServer() {
        tables.close();
    }

    @Test
    void loadsAndWritesWhatAMirrorFollowsAndProves() throws Exception {
        RecordedCommand first = workload("--rows", "600", "--rich", "--tps", "50", "--duration", "2s", "--json");
        assertThat(first.exitCode()).as(first.toString()).isZero();
        assertThat(first.out())
                .containsPattern("\"orders\" : 600")
                .containsPattern("\"customers\" : 100")
                .containsPattern("\"parcels\" : 50")
                .containsPattern("\"inserts\" : [1-9]")
                .containsPattern("\"updates\" : [1-9]")
                .containsPattern("\"deletes\" : [1-9]")
                .contains("\"errors\" : 0");
        try (MirroredPipeline mirrored = new MirroredPipeline(folder, tables.configuration(), tables.environment())) {
            mirrored.start();
            List<TableId> mirrors = Stream.of("shop_customers", "shop_orders", "shop_parcels")
                    .map(name -> new TableId("dynamodb", name))
                    .toList();
            mirrors.forEach(table -> mirrored.awaitState(table, TableState.LIVE));

            RecordedCommand again = workload("--rows", "600", "--rich", "--tps", "100", "--duration", "3s");
            assertThat(again.exitCode()).as(again.toString()).isZero();
            assertThat(again.out())
                    .startsWith("The shop has rows already: nothing is loaded.")
                    .contains("Writing to dynamodb:" + server.endpoint() + " in " + server.region() + ", tables shop_*")
                    .containsPattern("Rows +[1-9][\\d,]* inserted, [1-9][\\d,]* updated, [1-9][\\d,]* deleted")
                    .doesNotContain("failed");
            // Of several changes, all or none; and without updates, batches.
            assertThat(workload("--changes", "4", "--tps", "50", "--duration", "2s")
                            .exitCode())
                    .isZero();
            assertThat(workload("--changes", "10", "--mix", "80/0/20", "--tps", "20", "--duration", "2s")
                            .exitCode())
                    .isZero();

            assertThat(mirrored.prove())
                    .hasSize(3)
                    .extracting(TableProof::certificate)
                    .allSatisfy(
                            certificate -> assertThat(certificate.orElseThrow().agreement())
                                    .isEqualTo(Certificate.Agreement.QUIESCED));
            assertThat(mirrored.query("select count(*) > 0 from dynamodb.shop_orders where note is not null"))
                    .as("an attribute that came later")
                    .isEqualTo(List.of(List.of(true)));
        }
    }

    @Test
    void saysWhenNobodyAnswers() {
        RecordedCommand command = RecordedCommand.run(
                folder.resolve("none.yaml"),
                tables.environment(),
                "workload",
                "--endpoint",
                "http://127.0.0.1:1",
                "--region",
                "eu-west-1",
                "--access-key",
                server.accessKey(),
                "--secret-key-env",
                "SECRET");
        assertThat(command.exitCode()).isNotZero();
        assertThat(command.err())
                .startsWith("error: Cannot describe table shop_orders: ")
                .contains("code: SOURCE_UNREACHABLE")
                .doesNotContain(server.secretKey());
    }

    private RecordedCommand workload(String... options) {
        List<String> line = new ArrayList<>(List.of(
                "workload",
                "--source",
                "dynamodb",
                "--endpoint",
                server.endpoint().toString(),
                "--region",
                server.region(),
                "--access-key",
                server.accessKey(),
                "--secret-key-env",
                "SECRET"));
        line.addAll(List.of(options));
        return RecordedCommand.run(folder.resolve("none.yaml"), tables.environment(), line.toArray(String[]::new));
    }
}
