package io.tidemark.cli.command;

import io.tidemark.cli.output.Colour;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.Terminal;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.ErrorKind;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.Finding.Status;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Findings for people, as JSON, and as an exit code. */
public final class FindingPrinter {
    private FindingPrinter() {}

    public static void print(List<Finding> findings, PrintStream out, Terminal terminal) {
        for (Finding finding : findings) {
            out.println(label(finding.status(), terminal) + "  " + finding.subject() + ": " + finding.detail());
            if (!finding.remedy().isEmpty()) {
                finding.remedy().lines().forEach(line -> out.println("         " + line));
            }
        }
        long failed = findings.stream()
                .filter(finding -> finding.status() == Status.FAILED)
                .count();
        long warnings = findings.stream()
                .filter(finding -> finding.status() == Status.WARNING)
                .count();
        out.println();
        out.println((failed == 0 ? "Nothing failed" : Human.count(failed) + " failed")
                + (warnings == 0 ? "" : ", " + Human.count(warnings, "warning")) + ", "
                + Human.count(findings.size(), "test") + ".");
    }

    public static List<Map<String, @Nullable Object>> json(List<Finding> findings) {
        return findings.stream()
                .map(finding -> {
                    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                    fields.put("subject", finding.subject());
                    fields.put("status", finding.status().name().toLowerCase(Locale.ROOT));
                    fields.put("detail", finding.detail());
                    fields.put("remedy", finding.remedy().isEmpty() ? null : finding.remedy());
                    fields.put("code", finding.code().map(Enum::name).orElse(null));
                    return fields;
                })
                .toList();
    }

    /** 0, or the exit code of the first failure. */
    public static int exitCode(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.status() == Status.FAILED)
                .findFirst()
                .map(finding -> finding.code().map(ErrorCode::exitCode).orElse(ErrorKind.CONFIGURATION.exitCode()))
                .orElse(0);
    }

    private static String label(Status status, Terminal terminal) {
        return switch (status) {
            case OK -> terminal.paint(Colour.GOOD, "ok     ");
            case WARNING -> terminal.paint(Colour.NOTICE, "warning");
            case FAILED -> terminal.paint(Colour.BAD, "FAILED ");
        };
    }
}
