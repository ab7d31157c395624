package io.tidemark.dist.reference;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.ErrorKind;
import java.util.Locale;

/** {@code docs/reference/errors.md}. */
final class ErrorsPage {
    private static final String INTRODUCTION = """
            # Errors

            <!-- Generated from ErrorCode; see CONTRIBUTING.md. -->

            Every error has a code that does not change between versions, a message `Cannot <verb> <object>: <reason>`, and a
            remedy: what to do next. A message often carries a remedy that knows more than the one listed here. The code decides
            the exit code of a command and what a running role does:

            - **retry**: it tries again by itself, with growing pauses;
            - **operator**: it stops the table or the command and waits for you to do what the remedy says;
            - **fatal**: it stops, because going on could be wrong.

            `--json` writes errors as one JSON object per line on standard error:
            `{"error": {"code", "kind", "message", "remedy", "exitCode"}}`. `--trace` adds the stack trace.

            Failures that scripts answer in different ways have exit codes of their own, which begin with the digit of their kind.

            Exit codes that are no errors: 0 done; 10 `verify` found differences; 11 `verify` could not compare every table;
            12 `verify` found only differences that dead letters explain; 13 `dead-letters retry` left some open; 130 stopped by Ctrl-C.
            """;

    private ErrorsPage() {}

    static String text() {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        for (ErrorKind kind : ErrorKind.values()) {
            text.append("\n## ")
                    .append(heading(kind))
                    .append(": exit code ")
                    .append(kind.exitCode())
                    .append("\n\n| code | exit code | then | remedy |\n| --- | --- | --- | --- |\n");
            for (ErrorCode code : ErrorCode.values()) {
                if (code.kind() == kind) {
                    text.append("| `")
                            .append(code)
                            .append("` | ")
                            .append(code.exitCode())
                            .append(" | ")
                            .append(code.retry().name().toLowerCase(Locale.ROOT))
                            .append(" | ")
                            .append(Markdown.cell(code.remedy()))
                            .append(" |\n");
                }
            }
        }
        return text.toString();
    }

    private static String heading(ErrorKind kind) {
        return switch (kind) {
            case USER -> "Command and arguments";
            case CONFIGURATION -> "Configuration";
            case SOURCE -> "Source";
            case LAKE -> "Lake, slice log and metadata store";
            case RESOURCE -> "Limits of the machine";
            case INTERNAL -> "Defects of Tidemark";
        };
    }
}
