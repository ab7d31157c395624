package io.tidemark.cli.command;

import io.tidemark.cli.view.LiveView;
import io.tidemark.cli.view.StatusFeed;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.cli.view.StatusText;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.status.PipelineStatus;
import io.tidemark.engine.status.StatusReader;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark status}. */
@Command(
        name = "status",
        header = "How fresh and how far every table is, what failed and what to do.",
        description = {
            "FRESHNESS is now minus the time of the source that a query sees. BEHIND counts sealed slices not yet applied."
                    + " EVENTS counts changes applied since the table was loaded."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark status", "  tidemark status --watch", "  tidemark status --json | jq .freshnessMillis"})
final class StatusCommand extends PipelineCommand {
    @Option(
            names = {"-w", "--watch"},
            description = "Go on showing it until Ctrl-C.")
    private boolean watch;

    @Override
    public Integer call() throws InterruptedException {
        try (Pipeline pipeline = open()) {
            StatusReader reader = new StatusReader(pipeline);
            if (watch) {
                return watch(reader);
            }
            PipelineStatus status = reader.read();
            if (session().isJson()) {
                printJson(StatusJson.of(status));
            } else {
                new StatusText(terminal()).lines(status).forEach(this::print);
            }
        }
        return 0;
    }

    private int watch(StatusReader reader) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        try (Interruption interruption = Interruption.open();
                LiveView view = LiveView.start(terminal(), new StatusFeed(reader))) {
            interruption.onSignal(stopped::countDown);
            stopped.await();
        }
        return 0;
    }
}
