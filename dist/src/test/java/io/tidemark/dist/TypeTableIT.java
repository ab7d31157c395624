package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.source.postgres.type.TypeTable;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each row of docs/reference/types.md: a column of the type and one of its array, by load and by change, in slice and mirror, proven equal. */
class TypeTableIT {
    private static final TableId CARRIED = new TableId("public", "carried");
    private static final int CHANGED = 10_000;

    private static EmbeddedPostgresServer server;

    @TempDir
    Path folder;

    private final List<TypeTable.Row> rows = Stream.concat(TypeTable.builtin().stream(), TypeTable.made().stream())
            .toList();
    private final List<TypeSamples> samples = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void everyRowOfTheReferenceIsProvenByLoadAndByChange() throws Exception {
        Map<String, TypeSamples> known = new TreeMap<>(TypeSamples.builtin());
        known.putAll(TypeSamples.made());
        assertThat(rows).extracting(TypeTable.Row::name).containsExactlyInAnyOrderElementsOf(known.keySet());
        rows.forEach(row -> samples.add(known.get(row.name())));
        String rules = """
                slices: {interval: 1s}
                on-bad-value: dead-letter
                tables:
                  - include: public.texts
                    columns: {%s}
                  - include: public.chosen
                    columns: {%s}
                  - include: public.*
                """.formatted(texts(), chosen());
        try (MirroredDatabase mirrored = new MirroredDatabase(server, server.createDatabase(), folder, rules)) {
            mirrored.execute(TypeSamples.SETUP);
            mirrored.execute(table("carried"), table("texts"), table("chosen"), table("misfits"));
            List<String> loaded = new ArrayList<>();
            write(loaded, 0);
            mirrored.execute(loaded.toArray(new String[0]));
            mirrored.start();
            mirrored.awaitLive("carried", "texts", "chosen", "misfits");
            assertTypes(mirrored);
            List<String> changed = new ArrayList<>();
            write(changed, CHANGED);
            Stream.of("carried", "texts", "chosen").forEach(table -> {
                changed.add("update " + table + " set n = n + 1 where id % 2 = 0");
                changed.add("update " + table + " set id = id + 5000 where id % 7 = 0");
                changed.add("delete from " + table + " where id % 11 = 0");
            });
            mirrored.execute(changed.toArray(new String[0]));
            long misfits = samples.stream()
                    .mapToLong(sample -> sample.misfits().size())
                    .sum();
            await().atMost(MirroredDatabase.PATIENCE)
                    .until(() -> mirrored.pipeline()
                                    .deadLetters()
                                    .open(new TableId("public", "misfits"))
                                    .size()
                            == 2 * misfits);
            assertThat(mirrored.pipeline().deadLetters().open()).hasSize((int) (2 * misfits));
            mirrored.execute("truncate misfits");
            mirrored.prove();
            assertThat(mirrored.query("select count(*) from history.public.carried where _tidemark_op = 'I'"))
                    .containsExactly(List.of(samples.stream()
                                    .mapToLong(sample -> sample.fitting().size())
                                    .sum()
                            + 1));
        }
    }

    private void assertTypes(MirroredDatabase mirrored) {
        List<Column> columns =
                mirrored.pipeline().registry().load(CARRIED).schema().columns();
        for (int i = 0; i < rows.size(); i++) {
            ColumnType expected = rows.get(i).carried();
            assertThat(columns.get(2 + 2 * i).type()).as(rows.get(i).name()).isEqualTo(expected);
            assertThat(columns.get(3 + 2 * i).type())
                    .as("array of %s", rows.get(i).name())
                    .isEqualTo(samples.get(i).sqlType().endsWith("[]") ? expected : ColumnType.list(expected));
            assertThat(rows.get(i).misfits().isEmpty())
                    .as("%s has values that do not fit", rows.get(i).name())
                    .isEqualTo(samples.get(i).misfits().isEmpty());
        }
    }

    private String table(String name) {
        return "create table " + name + " (id int primary key, n int default 0, "
                + IntStream.range(0, rows.size())
                        .mapToObj(i -> "c" + i + " " + samples.get(i).sqlType() + ", a" + i + " " + arrayType(i))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private String arrayType(int column) {
        return samples.get(column).sqlType() + "[]";
    }

    /** One row for each value, in the column and twice in its array beside a null; and one of nulls. */
    private void write(List<String> statements, int firstId) {
        int id = firstId;
        for (int i = 0; i < rows.size(); i++) {
            for (String value : samples.get(i).fitting()) {
                id++;
                statements.add(insert("carried", id, i, value));
                statements.add(insert("texts", id, i, value));
                // A chosen decimal has fewer digits than numeric.
                if (!rows.get(i).name().equals("numeric") || value.matches("-?\\d{1,9}\\.\\d{1,4}")) {
                    statements.add(insert("chosen", id, i, value));
                }
            }
            for (String value : samples.get(i).misfits()) {
                id++;
                statements.add(insert("texts", id, i, value));
                statements.add(insert("misfits", id, i, value));
            }
        }
        for (String table : List.of("carried", "texts", "chosen")) {
            statements.add("insert into " + table + " (id) values (" + (firstId + 4_999) + ")");
        }
    }

    private String insert(String table, int id, int column, String value) {
        String type = samples.get(column).sqlType();
        String literal = "'" + value.replace("'", "''") + "'::" + type;
        // An array of arrays is an array.
        String array =
                type.endsWith("[]") ? literal : "array[" + literal + ", null, " + literal + "]::" + arrayType(column);
        return "insert into " + table + " (id, c" + column + ", a" + column + ") values (" + id + ", " + literal + ", "
                + array + ")";
    }

    private String texts() {
        return IntStream.range(0, rows.size())
                .mapToObj(
                        i -> "c" + i + ": string" + (TypeTable.hasArrayText(rows.get(i)) ? ", a" + i + ": string" : ""))
                .collect(Collectors.joining(", "));
    }

    /** Every choice that is no text; digits enough for the samples that have few. */
    private String chosen() {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> rows.get(i).choices().stream()
                        .filter(choice -> !choice.equals("string") && !choice.contains(" "))
                        .map(choice -> "c" + i + ": \"" + choice.replace("p,s", "38,4") + "\"")
                        .findFirst()
                        .orElse(""))
                .filter(choice -> !choice.isEmpty())
                .collect(Collectors.joining(", "));
    }
}
