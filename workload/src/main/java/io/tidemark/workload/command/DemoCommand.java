package io.tidemark.workload.command;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.command.ProofPrinter;
import io.tidemark.cli.output.Human;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.demo.DemoDynamoDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark demo}. */
@Command(
        name = "demo",
        header = "See it all work, on a database of its own: load, live writes, lake, SQL, proof.",
        description = {
            "Starts a PostgreSQL server from the files that came with Tidemark, on the loopback interface only, loads rows, mirrors"
                    + " them while writers change them, queries the lake, and proves under writes that lake and database are equal."
                    + " Nothing needs to be installed or configured. Works as root and as an ordinary user.",
            "",
            "With --source dynamodb it is DynamoDB Local: software of AWS under the DynamoDB Local License Agreement, whose files are"
                    + " taken from the local Maven repository or downloaded from a Maven repository (33 MB, kept in the user's cache)"
                    + " and checked. Nothing is sent to AWS.",
            "",
            "On a terminal the live view stays until Enter or Ctrl-C, unless --duration is given."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark demo",
            "  tidemark demo --duration 20s --rows 100000",
            "  tidemark demo --keep --dir ./demo",
            "  tidemark demo --dir ./demo            (goes on with what was kept)",
            "  tidemark demo --source dynamodb"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the proof held for every table",
            "10:the proof found differences",
            "11:no difference was found, but some table could not be compared",
            "130:stopped by Ctrl-C; everything was stopped and removed"
        })
final class DemoCommand extends PipelineCommand {
    private static final Duration DURATION_DEFAULT = Duration.ofSeconds(60);

    @Option(
            names = "--source",
            paramLabel = "TYPE",
            defaultValue = PostgresDemo.TYPE,
            description = "postgres or dynamodb; default ${DEFAULT-VALUE}.")
    private String source = PostgresDemo.TYPE;

    @Option(
            names = "--maven-repository",
            paramLabel = "URL",
            description =
                    "With dynamodb: where DynamoDB Local is downloaded from; default the mirror of ~/.m2/settings.xml,"
                            + " else Maven Central.")
    private @Nullable String mavenRepository;

    @Option(
            names = "--dir",
            paramLabel = "FOLDER",
            description =
                    "Folder for everything: new, empty, or left by an earlier demo; default a fresh temporary one.")
    private @Nullable Path dir;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Transactions, or orders, that exist before the mirror starts; default 1000000, with dynamodb"
                    + " 10000.")
    private @Nullable Long rows;

    @Option(
            names = "--tps",
            paramLabel = "RATE",
            description = "Live transactions per second; default 300, with dynamodb 50.")
    private @Nullable Double tps;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            converter = OptionValues.DurationConverter.class,
            description = "How long the live view is shown: 20s, 5m; default 60s when not on a terminal.")
    private @Nullable Duration duration;

    @Option(names = "--keep", description = "Leave the folder with lake, database and configuration.")
    private boolean keep;

    @Override
    public Integer call() throws InterruptedException {
        session().log(LogLevel.WARNINGS);
        DemoSource database = source();
        DemoOptions options = new DemoOptions(
                Optional.ofNullable(dir),
                rows == null ? database.rows() : rows,
                tps == null ? database.transactionsPerSecond() : tps,
                watching(),
                keep ? DemoOptions.Files.KEEP : DemoOptions.Files.DELETE);
        try (Steps steps = new Steps(terminal(), session().isJson() ? Steps.Target.ERR : Steps.Target.OUT);
                StopSignals signals = StopSignals.take(() -> stopping(steps))) {
            DemoFolder folder = DemoFolder.claim(database, options.folder(), options.files());
            DemoResult result = run(options, folder, signals, steps);
            conclude(steps, result, folder);
            return ProofPrinter.exitCode(result.proof());
        } finally {
            terminal().out().flush();
        }
    }

    private DemoSource source() {
        switch (source) {
            case PostgresDemo.TYPE -> {
                if (mavenRepository != null) {
                    throw new TidemarkException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot run the demo: --maven-repository is for --source dynamodb; PostgreSQL came with Tidemark"
                                    + " (source=" + source + ")",
                            "Leave --maven-repository out, or add --source dynamodb.",
                            null);
                }
                return new PostgresDemo();
            }
            case ShopAddress.TYPE -> {
                return new DynamoDbDemo(
                        session(), Optional.ofNullable(mavenRepository).map(DemoDynamoDb::repository));
            }
            default ->
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot run the demo: it starts postgres or dynamodb (source=" + source + ")");
        }
    }

    private DemoResult run(DemoOptions options, DemoFolder folder, StopSignals signals, Steps steps)
            throws InterruptedException {
        try (folder) {
            introduce(steps, options, folder);
            return new Demo(session(), options, folder, signals, steps).run();
        } catch (InterruptedException e) {
            steps.say(folder.isKept() ? "Stopped; " + folder.root() + " is kept." : "Stopped; all of it is deleted.");
            throw e;
        } finally {
            steps.stop();
        }
    }

    private static void stopping(Steps steps) {
        steps.stop();
        steps.say("Stopping: ending what was started ...");
    }

    /** Somebody who can press Enter decides; elsewhere the demo ends by itself. */
    private Optional<Duration> watching() {
        if (duration != null) {
            return Optional.of(duration);
        }
        boolean somebody = terminal().interactive()
                && session().prompt().isPresent()
                && !session().isJson();
        return somebody ? Optional.empty() : Optional.of(DURATION_DEFAULT);
    }

    private static void introduce(Steps steps, DemoOptions options, DemoFolder folder) {
        String writes = "live writes, " + Human.rate(options.transactionsPerSecond()) + ".";
        String server = folder.source().server();
        steps.say(
                folder.isResumed()
                        ? "The " + server + " server of an earlier demo runs again and gets " + writes
                        : "A " + server + " server of its own gets " + Human.count(options.rows(), "row") + " and "
                                + writes);
        steps.say("Tidemark mirrors it into an Iceberg lake, asks it in SQL, and proves both equal.");
        steps.say("All of it is in " + folder.root() + (folder.isKept() ? "." : ", deleted at the end."));
        folder.source().notices().forEach(steps::say);
        steps.say("");
    }

    private void conclude(Steps steps, DemoResult result, DemoFolder folder) {
        if (session().isJson()) {
            printJson(result.json(folder));
            return;
        }
        steps.heading("In short");
        result.freshness()
                .ifPresent(seen -> steps.say("  freshness  p50 " + Human.duration(seen.p50()) + ", p99 "
                        + Human.duration(seen.p99()) + ", at most " + Human.duration(seen.max())
                        + " while you watched"));
        steps.say("  writes     " + Human.count(result.writes().counts().committed()) + " at "
                + Human.rate(result.writes().transactionsPerSecond()) + ": "
                + Human.count(result.writes().counts().inserts()) + " inserts, "
                + Human.count(result.writes().counts().updates()) + " updates, "
                + Human.count(result.writes().counts().deletes()) + " deletes");
        steps.say("  proof      " + (result.proof().isEqual() ? "lake and database are equal" : "did not hold"));
        steps.heading("Next");
        DemoSource of = folder.source();
        if (folder.isKept()) {
            String config = " --config " + quoted(folder.config().toString());
            steps.say("  tidemark query" + config + " \"" + of.firstQuery() + "\"");
            steps.say("  tidemark slices" + config);
            steps.say("  tidemark status" + config);
            steps.say("  " + of.command() + " --dir " + quoted(folder.root().toString())
                    + "   runs the database again, as verify needs it");
        } else {
            String keep = of.command() + " --keep --dir ./demo";
            steps.say("  " + keep + "   keeps all of it, for your own queries");
            steps.say("  " + of.own().get(0)
                    + " ".repeat(keep.length() - of.own().get(0).length()) + "   "
                    + of.own().get(1));
        }
    }

    /** For a shell. */
    private static String quoted(String path) {
        return path.matches("[A-Za-z0-9_./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}
