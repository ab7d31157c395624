package io.tidemark.cli.command;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.output.Terminal;
import io.tidemark.engine.check.Checks;
import io.tidemark.spi.source.Finding;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tidemark check}. */
@Command(
        name = "check",
        header = "Test every connection, permission and setting; change nothing.",
        description = {
            "Reads the configuration, opens the metadata store, the lake and the source, and tests what running needs."
                    + " Every failed test comes with its remedy, permissions with the statement that grants them."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  tidemark check",
            "",
            "Exit code: 0 when nothing failed (warnings are no failure), else the one of the first failure."
        })
final class CheckCommand extends PipelineCommand {
    @Override
    public Integer call() {
        session().log(LogLevel.WARNINGS);
        List<Finding> findings = Checks.run(session().config(), session().plugins());
        if (session().isJson()) {
            printJson(FindingPrinter.json(findings));
        } else {
            Terminal terminal = terminal();
            FindingPrinter.print(findings, terminal.out(), terminal);
        }
        return FindingPrinter.exitCode(findings);
    }
}
