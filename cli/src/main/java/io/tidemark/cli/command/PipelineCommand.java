package io.tidemark.cli.command;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.Session;
import io.tidemark.cli.Tidemark;
import io.tidemark.cli.output.JsonText;
import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.pipeline.Pipeline;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParentCommand;

/** What commands that work on a pipeline have in common. */
public abstract class PipelineCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Tidemark tidemark;

    /** What the commands of this call share. */
    protected final Session session() {
        if (tidemark == null) {
            throw new IllegalStateException("Cannot run a command outside the command line");
        }
        return tidemark.session();
    }

    protected final Terminal terminal() {
        return session().terminal();
    }

    /** Prints a line of the result. */
    protected final void print(String line) {
        terminal().out().println(line);
    }

    /** Prints the result as JSON. */
    protected final void printJson(@Nullable Object document) {
        terminal().out().println(JsonText.pretty(document));
    }

    /** Opens the pipeline; logs warnings only. */
    protected final Pipeline open() {
        session().log(LogLevel.WARNINGS);
        return Pipeline.open(session().config(), session().plugins(), session().clock());
    }
}
