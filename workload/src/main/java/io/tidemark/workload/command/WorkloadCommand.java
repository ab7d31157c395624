package io.tidemark.workload.command;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.command.Interruption;
import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.output.Human;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Mix;
import io.tidemark.workload.run.Workload;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import io.tidemark.workload.shop.ShopWorkload;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidemark workload}. */
@Command(
        name = "workload",
        header = "Write into a Postgres or DynamoDB like an application does, at a given rate.",
        description = {
            "In Postgres it makes a bank: the tables accounts and transactions (and with --rich statements, with many column types"
                    + " and a long text) in a schema of their own. In DynamoDB it makes a shop: the tables shop_customers and"
                    + " shop_orders (and with --rich shop_parcels, with every type of attribute), each with a stream. Their rows"
                    + " change in many small transactions."
                    + " The latency of a transaction counts from the moment at which it was due.",
            "",
            "Without --url or --endpoint the source of the configuration file is written to."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark workload --tps 1000 --duration 5m",
            "  tidemark workload --url postgresql://localhost/test --rows 1000000 --rich",
            "  tidemark workload --source dynamodb --region eu-west-1 --rows 10000",
            "  tidemark workload --tps 0 --threads 8 --mix 100/0/0 --changes 100"
        })
final class WorkloadCommand extends PipelineCommand {
    private static final int STATEMENT_PERCENT = 5;
    private static final String POSTGRES = "postgres";

    @Option(
            names = "--source",
            paramLabel = "TYPE",
            description = "postgres or dynamodb; default the configuration file's, else postgres.")
    private @Nullable String source;

    @Option(names = "--url", paramLabel = "URL", description = "postgresql://host:port/database")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "USER", description = "Role that connects; default postgres.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description =
                    "Environment variable that holds the password; default " + BankAddress.PASSWORD_VARIABLE + ".")
    private @Nullable String passwordEnv;

    @Option(
            names = "--schema",
            paramLabel = "SCHEMA",
            defaultValue = BankWorkload.DEFAULT_SCHEMA,
            description = "Schema of the tables, made when missing; default ${DEFAULT-VALUE}.")
    private String schema = BankWorkload.DEFAULT_SCHEMA;

    @Mixin
    private final ShopAddress shop = new ShopAddress();

    @Option(
            names = "--prefix",
            paramLabel = "PREFIX",
            defaultValue = ShopWorkload.DEFAULT_PREFIX,
            description = "With dynamodb: how the names of the tables begin; default ${DEFAULT-VALUE}.")
    private String prefix = ShopWorkload.DEFAULT_PREFIX;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "0",
            description = "Load this many transactions first, unless there are rows; default ${DEFAULT-VALUE}.")
    private long rows;

    @Option(
            names = "--tps",
            paramLabel = "RATE",
            defaultValue = "300",
            description = "Transactions per second, 0 for as many as possible; default ${DEFAULT-VALUE}.")
    private double tps;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            defaultValue = "0",
            converter = OptionValues.DurationConverter.class,
            description = "How long: 20s, 5m; 0, the default, until Ctrl-C.")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Connections; 0, the default, as many as the rate needs.")
    private int threads;

    @Option(
            names = "--mix",
            paramLabel = "I/U/D",
            defaultValue = "60/30/10",
            converter = OptionValues.MixConverter.class,
            description = "Percent of inserts, updates and deletes; default ${DEFAULT-VALUE}.")
    private Mix mix = Mix.DEFAULT;

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "1",
            description = "Rows that a transaction changes; default ${DEFAULT-VALUE}.")
    private int changes;

    @Option(
            names = "--rollback",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Share of transactions that are rolled back; default ${DEFAULT-VALUE}.")
    private int rollback;

    @Option(
            names = "--skew",
            paramLabel = "S",
            defaultValue = "0",
            description =
                    "0 picks rows evenly; 1 takes half of the picks from a quarter of the rows; default ${DEFAULT-VALUE}.")
    private double skew;

    @Option(
            names = "--rich",
            description = "Also write the table statements, or parcels: " + STATEMENT_PERCENT + "%% of the changes.")
    private boolean rich;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Equal seeds give equal values; default ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        session().log(LogLevel.WARNINGS);
        WorkloadOptions options = options();
        if (rows < 0) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot run the workload: --rows must be 0 or more (rows=" + rows + ")");
        }
        try (WorkloadTarget target = target()) {
            run(target, options);
        }
        return 0;
    }

    private void run(WorkloadTarget target, WorkloadOptions options) {
        Workload workload = target.workload();
        WorkloadOutput output = new WorkloadOutput(terminal(), session().isJson());
        // Asked in any case, so that a database that does not answer is told before anything else.
        boolean hasRows = workload.hasRows();
        Optional<LoadResult> loaded = rows == 0 ? Optional.empty() : load(target, hasRows, output);
        output.begin(target.description(), options);
        try (Interruption interruption = Interruption.open()) {
            interruption.onSignal(workload::stop);
            WorkloadResult result = workload.run(options, output);
            if (session().isJson()) {
                printJson(WorkloadJson.of(result, loaded));
            } else {
                output.finish(result);
            }
            // A signal ends the process as soon as the interruption is closed.
            terminal().out().flush();
        }
    }

    private WorkloadTarget target() {
        switch (type()) {
            case POSTGRES -> {
                BankAddress address = url == null
                        ? BankAddress.ofConfig(session())
                        : BankAddress.ofOptions(session(), url, user, passwordEnv);
                return WorkloadTarget.bank(address, schema);
            }
            case ShopAddress.TYPE -> {
                if (rollback > 0) {
                    throw new TidemarkException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot run the workload: DynamoDB has no transactions that could be rolled back (rollback="
                                    + rollback + ")",
                            "Leave --rollback out.",
                            null);
                }
                return WorkloadTarget.shop(session(), shop.settings(session()), prefix);
            }
            default ->
                throw new TidemarkException(
                        ErrorCode.INVALID_ARGUMENT,
                        "Cannot run the workload: it writes to postgres or dynamodb (source=" + type() + ")");
        }
    }

    private String type() {
        if (source != null) {
            return source;
        }
        if (url != null) {
            return POSTGRES;
        }
        if (shop.isNamed()) {
            return ShopAddress.TYPE;
        }
        return Files.exists(session().configFile())
                ? session().config().source().type()
                : POSTGRES;
    }

    private WorkloadOptions options() {
        return new WorkloadOptions(
                tps,
                duration,
                threads,
                mix,
                changes,
                seed,
                rollback,
                skew,
                WorkloadOptions.defaults().accountPercent(),
                rich ? STATEMENT_PERCENT : 0);
    }

    private Optional<LoadResult> load(WorkloadTarget target, boolean hasRows, WorkloadOutput output) {
        LoadOptions wanted = LoadOptions.of(rows).withSeed(seed);
        LoadOptions options = rich ? wanted.withStatements(DemoOptions.statements(rows)) : wanted;
        if (hasRows) {
            output.say("The " + target.what() + " has rows already: nothing is loaded.");
            return Optional.empty();
        }
        output.say("Loading " + Human.count(rows, target.rows()) + " ...");
        LoadResult result = target.workload().load(options);
        output.say("Loaded " + Human.count(result.rows(), "row") + " in " + Human.duration(result.elapsed()) + " ("
                + Human.rate(result.rowsPerSecond()) + ").");
        return Optional.of(result);
    }
}
