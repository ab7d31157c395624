package io.tidemark.cli.command;

import io.tidemark.cli.output.Colour;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.query.Queries;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.verify.Verifier;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.engine.verify.VerifyRequest;
import io.tidemark.engine.verify.VerifyRequest.Repair;
import io.tidemark.spi.config.Values;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark verify}. */
@Command(
        name = "verify",
        header = "Prove that the mirrors equal the source, or name every differing key.",
        description = {
            "Takes a position and a snapshot of the source that agree exactly, lets the mirrors reach that position, and"
                    + " compares all rows and columns. Writes go on meanwhile. Nothing is locked. The certificate is stored"
                    + " with the lake under proofs/."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark verify",
            "  tidemark verify public.accounts --from 1000 --to 2000",
            "  tidemark verify --repair"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all tables are equal",
            "10:differences were found (and not repaired) that dead letters do not explain",
            "11:no difference was found, or only such as dead letters explain, but some table could not be compared",
            "12:the only differences are rows set aside as dead letters"
        })
final class VerifyCommand extends PipelineCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Tables to compare (schema.table, * and ? allowed); default all.")
    private List<String> tables = List.of();

    @Option(names = "--from", paramLabel = "VALUE", description = "Only rows whose first key column is at least this.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "VALUE", description = "Only rows whose first key column is less than this.")
    private @Nullable String to;

    @Option(names = "--repair", description = "Re-read the differing keys from the source, then compare again.")
    private boolean repair;

    @Option(
            names = "--max-differences",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Differing rows to name per table; default ${DEFAULT-VALUE}.")
    private int differencesMax;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "5m",
            description = "How long the mirrors may take to reach the position; default ${DEFAULT-VALUE}.")
    private String timeout = "5m";

    @Override
    public Integer call() throws InterruptedException {
        Duration patience = patience();
        if (differencesMax < 1) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot verify: --max-differences must be 1 or more");
        }
        Thread caller = Thread.currentThread();
        try (Interruption interruption = Interruption.open();
                Pipeline pipeline = open();
                Queries queries = new Queries(pipeline, session().plugins())) {
            interruption.onSignal(caller::interrupt);
            VerifyRequest request = new VerifyRequest(
                    wanted(pipeline),
                    Optional.ofNullable(from),
                    Optional.ofNullable(to),
                    repair ? Repair.HEAL : Repair.REPORT,
                    differencesMax,
                    patience);
            VerifyReport report = new Verifier(pipeline, queries.engine()).verify(request, this::step);
            if (session().isJson()) {
                printJson(ProofPrinter.json(report));
            } else {
                new ProofPrinter(terminal()).print(report);
            }
            return ProofPrinter.exitCode(report);
        }
    }

    private void step(String step) {
        if (!session().isJson()) {
            terminal().err().println(terminal().paint(Colour.FAINT, step));
        }
    }

    private List<TableId> wanted(Pipeline pipeline) {
        if (tables.isEmpty()) {
            return List.of();
        }
        return TableNames.resolve(
                tables, pipeline.registry().list().stream().map(TableRecord::id).toList());
    }

    private Duration patience() {
        try {
            return Values.duration(timeout);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(ErrorCode.INVALID_ARGUMENT, "Cannot read --timeout: it " + e.getMessage(), e);
        }
    }
}
