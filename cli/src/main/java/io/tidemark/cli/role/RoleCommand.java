package io.tidemark.cli.role;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.command.FindingPrinter;
import io.tidemark.cli.command.Interruption;
import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.output.JsonText;
import io.tidemark.cli.output.Terminal;
import io.tidemark.cli.view.LiveView;
import io.tidemark.cli.view.StatusFeed;
import io.tidemark.engine.check.Checks;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.run.Role;
import io.tidemark.engine.run.Runner;
import io.tidemark.engine.status.StatusReader;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.lake.CatalogEndpoint;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Plays roles until the process is told to stop. */
abstract class RoleCommand extends PipelineCommand {
    @Option(names = "--no-view", description = "Print log lines only, also on a terminal.")
    private boolean noView;

    abstract Set<Role> roles();

    /** What else is served to others while the roles are played. */
    Optional<CatalogEndpoint> serve(Pipeline pipeline) {
        return Optional.empty();
    }

    @Override
    public final Integer call() throws InterruptedException {
        session().log(LogLevel.LIFE_CYCLE);
        PipelineConfig config = session().config();
        int refused = refusal(config);
        if (refused != 0) {
            return refused;
        }
        Terminal terminal = terminal();
        try (Interruption interruption = Interruption.open();
                Pipeline pipeline =
                        Pipeline.open(config, session().plugins(), session().clock());
                CatalogEndpoint endpoint = serve(pipeline).orElse(null);
                Runner runner = Runner.start(pipeline, roles());
                LiveView view = noView || session().isJson()
                        ? null
                        : LiveView.start(terminal, new StatusFeed(new StatusReader(pipeline)))) {
            interruption.onSignal(() -> {
                // Through System.err, where a live view lets it scroll above its picture.
                System.err.println("Stopping: finishing what is under way ...");
                runner.close();
            });
            runner.await();
        }
        return 0;
    }

    /**
     * Tests first, since roles try again for ever: what only an operator can put right is told at once. What may pass by itself (a source that
     * does not answer) is left to the roles.
     */
    private int refusal(PipelineConfig config) {
        List<Finding> blocking = Checks.run(config, session().plugins()).stream()
                .filter(finding -> finding.status() == Finding.Status.FAILED)
                .filter(finding -> finding.code()
                        .filter(code -> code.retry() == RetryRule.RETRY)
                        .isEmpty())
                .toList();
        if (blocking.isEmpty()) {
            return 0;
        }
        if (session().isJson()) {
            terminal().err().println(JsonText.line(FindingPrinter.json(blocking)));
        } else {
            FindingPrinter.print(blocking, terminal().err(), terminal());
        }
        return FindingPrinter.exitCode(blocking);
    }
}
