package io.tidemark.cli;

import io.tidemark.cli.Session.Surroundings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command: global options, and help when no subcommand is named. */
@Command(
        name = "tidemark",
        header = "Keeps a data lake equal to a transactional database, seconds behind it, and proves it.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "tidemark COMMAND [OPTIONS]",
        optionListHeading = "%nOptions of every command:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  2:wrong command or arguments",
            "  3:configuration",
            "  4:source",
            "  5:lake, slice log or metadata store",
            " 51:the object storage does not answer (52: it asks for fewer requests)",
            " 53:the lake's catalog does not answer (54: the metadata store)",
            "  6:a limit of the machine: time, or one that was set",
            " 61:a disk is full (62: no more files can be opened, 63: out of memory)",
            " 10:verify found differences (11: could not compare every table)",
            " 70:a defect of Tidemark",
            "130:stopped by Ctrl-C"
        },
        footerHeading = "%nFirst steps:%n",
        footer = {
            "  tidemark demo      see it work on a database of its own",
            "  tidemark init      write tidemark.yaml for your Postgres",
            "  tidemark run       copy the tables, then follow every change",
            "  tidemark help COMMAND"
        },
        sortOptions = false)
public final class Tidemark implements Callable<Integer> {
    private static final int LAST = 1_000;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "./tidemark.yaml",
            scope = ScopeType.INHERIT,
            order = LAST,
            description = "Configuration file; default ${DEFAULT-VALUE}.")
    private Path config = Path.of("tidemark.yaml");

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            order = LAST + 1,
            description = "Write results and errors as JSON.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            order = LAST + 2,
            description = "Log details to standard error.")
    private boolean verbose;

    @Option(
            names = "--trace",
            scope = ScopeType.INHERIT,
            order = LAST + 3,
            description = "Print the stack trace of an error, for reports.")
    private boolean trace;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = LAST + 4,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // The parser looks at it.
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            order = LAST + 5,
            description = "Show the version and exit.")
    @SuppressWarnings("UnusedVariable") // The parser looks at it.
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    private final Session session;

    Tidemark(Surroundings surroundings) {
        this.session = new Session(this, surroundings);
    }

    /** What the subcommands share. */
    public Session session() {
        return session;
    }

    Path config() {
        return config;
    }

    boolean isJson() {
        return json;
    }

    boolean isVerbose() {
        return verbose;
    }

    boolean isTrace() {
        return trace;
    }

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
        return 0;
    }
}
