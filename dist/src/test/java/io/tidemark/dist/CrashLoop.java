package io.tidemark.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.tidemark.dist.CrashFleet.Part;
import io.tidemark.dist.Failpoint.Occasion;
import io.tidemark.engine.capture.CaptureRole;
import io.tidemark.engine.cut.Cut;
import io.tidemark.engine.cut.CutLog;
import io.tidemark.engine.query.AsOf;
import io.tidemark.engine.steer.TableCommands;
import io.tidemark.engine.steer.TableCommands.MirrorFate;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.data.Record;
import org.awaitility.core.ConditionTimeoutException;

/** One database, its writers and its pipeline, and cycles of crashes of all of them, each of which ends in a proof. */
final class CrashLoop {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration REACHED_SOON = Duration.ofSeconds(30);
    private static final Duration REACHED_LATE = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final EmbeddedPostgresServer server;
    private final String database;
    private final MirroredDatabase mirrored;
    private final CrashFleet fleet;
    private final SturdyWrites writes;
    private final CrashFigures figures;
    private final Set<TableId> expected = new HashSet<>();
    private List<Part> parts = List.of();
    private Optional<TableId> extra = Optional.empty();

    CrashLoop(
            EmbeddedPostgresServer server,
            String database,
            MirroredDatabase mirrored,
            CrashFleet fleet,
            SturdyWrites writes,
            CrashFigures figures) {
        this.server = server;
        this.database = database;
        this.mirrored = mirrored;
        this.fleet = fleet;
        this.writes = writes;
        this.figures = figures;
        SturdyWrites.TABLES.forEach(table -> expected.add(table(table)));
        expected.add(table("settings"));
    }

    static TableId table(String name) {
        return new TableId("public", name);
    }

    /** Crashes as planned, starts again what was killed, and proves all tables. */
    void run(CrashPlan plan) throws Exception {
        fleet.killOthers(plan.occasion() == Occasion.START ? List.of() : plan.parts());
        figures.killed(fleet.reap());
        fleet.startMissing(plan.parts());
        if (plan.occasion() == Occasion.PROOF && !fleet.isRunning(Part.VERIFIER)) {
            fleet.start(Part.VERIFIER);
        }
        plan.crash().ifPresent(fleet::arm);
        bringAbout(plan);
        boolean isReached = awaitEnd(plan);
        fleet.disarm();
        if (!isReached && plan.victim().isPresent()) {
            fleet.kill(plan.victim().orElseThrow());
        }
        if (plan.others()) {
            fleet.killOthers(List.of());
        }
        if (plan.database()) {
            server.kill();
        }
        figures.ended(plan, fleet.reap());
        fleet.startMissing(plan.parts());
        if (plan.database()) {
            server.restart();
        }
        parts = plan.parts();
        prove();
    }

    private void bringAbout(CrashPlan plan) {
        TableCommands commands = new TableCommands(mirrored.pipeline());
        switch (plan.occasion()) {
            case WRITES, START, PROOF, LONG_RUN -> {}
            case LOAD -> {
                TableId table = table(plan.cycle() % 3 == 0 ? "history" : "accounts");
                if (isRegistered(table)) {
                    commands.resync(table);
                }
            }
            case COMPARISON -> {
                TableId table = table(plan.cycle() % 2 == 0 ? "tellers" : "accounts");
                if (isRegistered(table)) {
                    commands.compare(table);
                }
            }
            case COLUMN -> {
                // A crash of the database may have taken the last change back: the test server commits asynchronously.
                mirrored.execute("do $$ begin if exists (select from information_schema.columns"
                        + " where table_name = 'tellers' and column_name = 'extra')"
                        + " then alter table tellers drop column extra;"
                        + " else alter table tellers add column extra int default " + plan.cycle()
                        + "; end if; end $$");
            }
            case TABLE -> replaceTable(commands, "extra_" + plan.cycle());
        }
    }

    private boolean isRegistered(TableId table) {
        return mirrored.pipeline().registry().find(table).isPresent();
    }

    private void replaceTable(TableCommands commands, String name) {
        extra.ifPresent(old -> {
            expected.remove(old);
            commands.drop(old, MirrorFate.DELETED);
            mirrored.execute("drop table " + old.name());
        });
        mirrored.execute(
                "create table " + name + " (id int primary key, v text)",
                "insert into " + name + " select i, md5(i::text) from generate_series(1, 2000) i",
                "update " + name + " set v = 'changed' where id % 10 = 0");
        extra = Optional.of(table(name));
        expected.add(table(name));
    }

    /** Waits until the failpoint is reached, or for the time that is planned; returns whether a process has ended of it. */
    private boolean awaitEnd(CrashPlan plan) {
        Duration longest = plan.crash().isEmpty()
                ? Duration.ofMillis(plan.millis())
                : plan.occasion() == Occasion.LONG_RUN ? REACHED_LATE : REACHED_SOON;
        try {
            await().atMost(longest.plus(LOOK.multipliedBy(2)))
                    .pollInterval(LOOK)
                    .until(fleet::hasCrashed);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private void prove() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(this::isProven);
        figures.proven();
    }

    private boolean isProven() throws Exception {
        writes.requireRunning();
        restartLateOnes();
        if (!mirrored.pipeline().leases().isHeldBySomebody(CaptureRole.LEASE) || !areAllApplied()) {
            return false;
        }
        VerifyReport report;
        try {
            report = mirrored.verify();
        } catch (TidemarkException e) {
            if (e.code().retry() == RetryRule.RETRY) {
                figures.postponed(e.reason());
                return false;
            }
            throw e;
        }
        Set<TableId> equal = new HashSet<>();
        for (TableProof proof : report.proofs()) {
            assertThat(proof.differences())
                    .as("differences of %s, %s", proof.table(), proof.certificate())
                    .isEmpty();
            assertThat(proof.outcome()).as("%s", proof).isNotEqualTo(TableProof.Outcome.DIFFERENT);
            if (proof.outcome() == TableProof.Outcome.EQUAL) {
                equal.add(proof.table());
            }
        }
        return equal.containsAll(expected);
    }

    /** A failpoint that two processes reach at once ends both, the second one maybe after it was looked for. */
    private void restartLateOnes() throws IOException {
        List<CrashFleet.Ended> ended = fleet.reap();
        List<CrashFleet.Ended> late =
                ended.stream().filter(one -> !one.failpoint().isEmpty()).toList();
        assertThat(ended.stream().filter(one -> !late.contains(one)).map(CrashFleet.Ended::part))
                .as("ended by itself")
                .isSubsetOf(Part.VERIFIER);
        figures.killed(late);
        fleet.startMissing(parts);
    }

    private boolean areAllApplied() {
        Set<TableId> applied = new HashSet<>();
        for (TableRecord record : mirrored.pipeline().registry().list()) {
            if (record.state() == TableState.FAILED) {
                fail("%s failed: %s", record.id(), record.failure());
            }
            if (record.state().applies()) {
                applied.add(record.id());
            }
        }
        return applied.containsAll(expected);
    }

    /**
     * While no transaction is open: reads the mirrors through Iceberg's own reader and compares them row by row with the source; and looks at the sums as of
     * the newest cut.
     */
    void compareRows() throws Exception {
        try (SturdyWrites.Pause pause = writes.pause()) {
            prove();
            for (String name : SturdyWrites.TABLES) {
                compareRows(name);
            }
        }
        Optional<Cut> cut = new CutLog(mirrored.pipeline().metastore()).newest();
        if (cut.isPresent()) {
            lookAt(cut.orElseThrow());
        }
    }

    private void compareRows(String name) throws IOException, SQLException {
        List<String> columns = new ArrayList<>();
        Map<List<Object>, Integer> inSource = new HashMap<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from " + name)) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                columns.add(rows.getMetaData().getColumnName(i));
            }
            while (rows.next()) {
                List<Object> row = new ArrayList<>();
                for (String column : columns) {
                    row.add(rows.getObject(column));
                }
                inSource.merge(row, 1, Integer::sum);
            }
        }
        Map<List<Object>, Integer> inMirror = new HashMap<>();
        for (Record record : LakeTampering.read(mirrored, table(name))) {
            List<Object> row = new ArrayList<>();
            columns.forEach(column -> row.add(record.getField(column)));
            inMirror.merge(row, 1, Integer::sum);
        }
        assertThat(differing(inSource, inMirror))
                .as("rows of %s that the mirror lacks", name)
                .isEmpty();
        assertThat(differing(inMirror, inSource))
                .as("rows of %s that the source lacks", name)
                .isEmpty();
        figures.compared(inSource.values().stream().mapToInt(Integer::intValue).sum());
    }

    private static List<String> differing(Map<List<Object>, Integer> rows, Map<List<Object>, Integer> others) {
        return rows.entrySet().stream()
                .filter(row -> !row.getValue().equals(others.get(row.getKey())))
                .limit(10)
                .map(row -> row.getKey().stream()
                        .map(value -> String.valueOf(value))
                        .map(value -> value.substring(0, Math.min(40, value.length())))
                        .collect(Collectors.joining(", ", "(", ") x " + row.getValue())))
                .toList();
    }

    /** All tables of a cut are of the same transactions. One whose versions a load has replaced is not there any more. */
    private void lookAt(Cut cut) {
        List<List<Object>> sums;
        try {
            sums = mirrored.query(
                    "select (select sum(balance) from accounts) - (select sum(balance) from tellers)",
                    Optional.of(new AsOf(Optional.empty(), Optional.of(cut.slice()))));
        } catch (TidemarkException e) {
            figures.postponed(e.reason());
            return;
        }
        assertThat(sums.get(0).get(0).toString())
                .as("difference of sums at cut %d", cut.slice())
                .isEqualTo("0");
        figures.looked();
    }
}
