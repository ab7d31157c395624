package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices as JSON lines: applied and proven as others are, shown by the command, read by anybody, and left where slices are Parquet again. */
class JsonSlicesIT {
    private static final String FORMAT = "slices: {interval: 1s, format: %s}\n";

    @TempDir
    Path folder;

    @Test
    void slicesAreLinesThatAnyToolReads() throws Exception {
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start()) {
            String database = server.createDatabase();
            try (MirroredDatabase mirrored =
                    new MirroredDatabase(server, database, folder, FORMAT.formatted("jsonl"))) {
                mirrored.execute(
                        "create table notes (id int primary key, price numeric(10,2), doc text, tags text[])",
                        "alter table notes alter column doc set storage external",
                        "insert into notes values (1, 0, repeat('a', 10000), null)");
                mirrored.start();
                mirrored.awaitLive("notes");
                mirrored.execute(
                        "insert into notes values (2, 1.50, 'ü \"x\"', '{a,null}')",
                        "update notes set price = 7 where id = 1",
                        "delete from notes where id = 2");
                mirrored.prove();
                assertThat(lines(mirrored.lake()))
                        .anySatisfy(line -> assertThat(line)
                                .contains(
                                        "\"_tidemark_op\":\"I\"",
                                        "\"id\":2,\"price\":\"1.50\",\"doc\":\"ü \\\"x\\\"\",\"tags\":[\"a\",null]}"))
                        .anySatisfy(line -> assertThat(line)
                                .contains("\"_tidemark_op\":\"U\"", "\"_tidemark_unchanged\":[\"doc\"]"));
                String slice = Long.toString(mirrored.pipeline().sliceLog().after(0, 100).stream()
                        .filter(found -> found.rows() > 0)
                        .findFirst()
                        .orElseThrow()
                        .sequence());
                assertThatExceptionOfType(TidemarkException.class)
                        .isThrownBy(() -> mirrored.query("select * from history.notes"))
                        .returns(ErrorCode.QUERY_REJECTED, TidemarkException::code)
                        .withMessageContaining("slices of it are not Parquet");
                mirrored.stop();
                assertThat(RecordedCommand.run(mirrored.file(), Map.of(), "slices", "preview", slice)
                                .out())
                        .contains("public.notes", "_tidemark_op", "1.50");
            }
            try (MirroredDatabase mirrored =
                    new MirroredDatabase(server, database, folder, FORMAT.formatted("parquet"))) {
                mirrored.start();
                mirrored.execute("insert into notes values (3, 0, 'later', '{}')");
                mirrored.prove();
                assertThat(mirrored.query("select id, doc from notes where id <> 1"))
                        .containsExactly(List.of(3, "later"));
            }
        }
    }

    private static List<String> lines(Path lake) throws IOException {
        try (Stream<Path> files = Files.walk(lake.resolve("slices"))) {
            List<String> lines = new ArrayList<>();
            for (Path file :
                    files.filter(found -> found.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            return lines;
        }
    }
}
