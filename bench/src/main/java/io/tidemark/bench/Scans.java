package io.tidemark.bench;

import io.tidemark.bench.contest.Contender;
import io.tidemark.bench.contest.Contest;
import io.tidemark.bench.contest.Measurement;
import io.tidemark.bench.contest.Series;
import io.tidemark.bench.contest.Side;
import io.tidemark.bench.contest.Surroundings;
import io.tidemark.engine.query.Queries;
import io.tidemark.spi.query.ResultVisitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The same SQL on a mirror, as Tidemark reads it, and by DuckDB on Parquet files with the same rows that nothing was ever changed in. */
final class Scans implements AutoCloseable {
    private static final int ROUNDS = 5;

    private final Surroundings surroundings;
    private final Queries queries;
    private final String mirror;
    private final Connection duckdb;
    private final String clean;

    private Scans(Surroundings surroundings, Queries queries, String mirror, Connection duckdb, String clean) {
        this.surroundings = surroundings;
        this.queries = queries;
        this.mirror = mirror;
        this.duckdb = duckdb;
        this.clean = clean;
    }

    /**
     * Opens both.
     *
     * @param mirror name of the mirror in SQL
     * @param lake folder of a lake that has no table but the clean one
     */
    static Scans of(Surroundings surroundings, Queries queries, String mirror, Path lake)
            throws IOException, SQLException {
        List<String> files;
        try (Stream<Path> all = Files.walk(lake)) {
            files = all.map(Path::toString)
                    .filter(file -> file.endsWith(".parquet"))
                    .map(file -> "'" + file + "'")
                    .toList();
        }
        return new Scans(
                surroundings,
                queries,
                mirror,
                DriverManager.getConnection("jdbc:duckdb:"),
                files.stream().collect(Collectors.joining(", ", "read_parquet([", "])")));
    }

    /**
     * Runs a query on both in turn, after once to warm up; both have to have the same rows in their first columns.
     *
     * @param name of the query, for people
     * @param sql with %s for the table
     * @return the clean files', then the mirror's
     */
    List<Series> compare(String name, String sql) throws Exception {
        String onMirror = mirrorAnswer(sql.formatted(mirror));
        String onClean = cleanAnswer(sql.formatted(clean));
        if (!onMirror.equals(onClean)) {
            throw new IllegalStateException("Cannot go on: '" + name + "' is " + onMirror + " on the mirror and "
                    + onClean + " on clean files");
        }
        int rounds = (int) surroundings.scale().of(ROUNDS, 1);
        return new Contest("queries", rounds, surroundings.out())
                .run(List.of(
                        new Contender(
                                name + ", clean Parquet",
                                Side.LIMIT,
                                round -> timed(() -> cleanAnswer(sql.formatted(clean)))),
                        new Contender(
                                name + ", mirror",
                                Side.TIDEMARK,
                                round -> timed(() -> mirrorAnswer(sql.formatted(mirror))))));
    }

    private interface Answer {
        String of() throws Exception;
    }

    private static Measurement timed(Answer answer) throws Exception {
        long started = System.nanoTime();
        String unused = answer.of();
        return new Measurement(1, (System.nanoTime() - started) / 1e9, List.of());
    }

    private String mirrorAnswer(String sql) {
        List<String> rows = new ArrayList<>();
        queries.run(sql, Optional.empty(), new ResultVisitor() {
            @Override
            public void columns(List<String> names, List<String> types) {
                // Those that were asked for.
            }

            @Override
            public void row(List<@Nullable Object> values) {
                rows.add(String.valueOf(values.get(0)));
            }
        });
        return digest(rows);
    }

    private String cleanAnswer(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = duckdb.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(String.valueOf(result.getObject(1)));
            }
        }
        return digest(rows);
    }

    @Override
    public void close() throws SQLException {
        duckdb.close();
    }

    private static String digest(List<String> rows) {
        return rows.size() + " rows, first of them "
                + rows.stream().sorted().limit(3).toList();
    }
}
