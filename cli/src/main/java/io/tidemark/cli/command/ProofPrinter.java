package io.tidemark.cli.command;

import io.tidemark.cli.output.Colour;
import io.tidemark.cli.output.Human;
import io.tidemark.cli.output.Terminal;
import io.tidemark.cli.output.TextTable;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.verify.Certificate;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.VerifyReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The result of a verification, for people and as JSON. */
public final class ProofPrinter {
    /** Some table differs. */
    static final int EXIT_DIFFERENT = 10;

    /** Some table could not be compared, and none differs. */
    static final int EXIT_UNPROVEN = 11;

    /** Some table differs, and only in rows that are dead letters. */
    static final int EXIT_EXPLAINED = 12;

    private final Terminal terminal;

    public ProofPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    public void print(VerifyReport report) {
        TextTable text = new TextTable()
                .column("TABLE")
                .column("RESULT")
                .number("ROWS")
                .column("POSITION")
                .column("CHECKSUM")
                .number("TOOK");
        for (TableProof proof : report.proofs()) {
            Certificate certificate = proof.certificate().orElse(null);
            text.beginRow()
                    .cell(proof.table().toString())
                    .cell(result(proof), colour(proof))
                    .cell(certificate == null ? "" : Human.count(certificate.rows()))
                    .cell(certificate == null ? "" : certificate.position().toString())
                    .cell(certificate == null ? "" : certificate.checksum())
                    .cell(certificate == null ? "" : Human.duration(Duration.ofMillis(certificate.millis())));
        }
        text.print(terminal);
        report.proofs().forEach(this::details);
        terminal.out().println();
        terminal.out().println(verdict(report));
    }

    public static Map<String, @Nullable Object> json(VerifyReport report) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("equal", report.isEqual());
        json.put("tables", report.proofs().stream().map(ProofPrinter::json).toList());
        return json;
    }

    /** 0 when all tables are equal, 12 when only dead letters differ, 10 when more does, 11 when some table could not be compared. */
    public static int exitCode(VerifyReport report) {
        if (report.isDifferent()) {
            boolean hasUnproven =
                    report.proofs().stream().anyMatch(proof -> proof.outcome() == TableProof.Outcome.UNPROVEN);
            return !report.isExplained() ? EXIT_DIFFERENT : hasUnproven ? EXIT_UNPROVEN : EXIT_EXPLAINED;
        }
        return report.isEqual() ? 0 : EXIT_UNPROVEN;
    }

    private String verdict(VerifyReport report) {
        if (report.proofs().isEmpty()) {
            return terminal.paint(Colour.NOTICE, "Nothing was compared: the pipeline has no tables.");
        }
        if (report.isEqual()) {
            long rows = report.proofs().stream()
                    .flatMap(proof -> proof.certificate().stream())
                    .mapToLong(Certificate::rows)
                    .sum();
            return terminal.paint(
                    Colour.GOOD,
                    "Proven equal: " + Human.count(report.proofs().size(), "table") + ", " + Human.count(rows, "row")
                            + ".");
        }
        if (report.isExplained()) {
            return terminal.paint(Colour.BAD, "Different,")
                    + " in rows that were set aside only: see 'tidemark dead-letters list'.";
        }
        return report.isDifferent()
                ? terminal.paint(Colour.BAD, "Different.") + " 'tidemark verify --repair' re-reads the differing keys."
                : terminal.paint(Colour.NOTICE, "No difference found, but not every table could be compared.");
    }

    private void details(TableProof proof) {
        if (!proof.reason().isEmpty()) {
            terminal.out().println();
            terminal.out().println(proof.table() + " was not compared: " + proof.reason());
            terminal.out().println("  remedy: " + proof.remedy());
        }
        proof.certificate()
                .map(Certificate::agreement)
                .flatMap(ProofPrinter::sense)
                .ifPresent(sense -> terminal.out().println(proof.table() + ": " + sense));
        if (proof.repaired() > 0) {
            terminal.out().println(proof.table() + ": " + Human.count(proof.repaired(), "key") + " re-read");
        }
        if (proof.deadLetters() > 0) {
            terminal.out().println(proof.table() + ": " + deadLetters(proof));
        }
        if (proof.differences().isEmpty()) {
            return;
        }
        terminal.out().println();
        proof.certificate()
                .ifPresent(certificate -> terminal.out()
                        .println(proof.table() + ": source " + Human.count(certificate.rows(), "row") + ", mirror "
                                + Human.count(certificate.mirrorRows(), "row")));
        TextTable text = new TextTable()
                .column("KEY")
                .column("DIFFERENCE")
                .column("COLUMNS")
                .number("COPIES");
        for (KeyDifference difference : proof.differences()) {
            text.row(
                    difference.key().stream()
                            .map(value -> value == null ? "null" : value)
                            .collect(Collectors.joining(", ")),
                    kind(difference),
                    String.join(", ", difference.columns()),
                    difference.copies() == 1 ? "" : Human.count(difference.copies()));
        }
        text.print(terminal);
        if (proof.moreDifferences()) {
            terminal.out().println("... and more; --max-differences names more of them");
        }
    }

    /** What the comparison proves, where a source has no view at one position. */
    private static Optional<String> sense(Certificate.Agreement agreement) {
        return switch (agreement) {
            case CUT -> Optional.empty();
            case QUIESCED -> Optional.of("compared as a whole: nothing was written to it while it was read");
            case PER_ROW ->
                Optional.of("compared row by row, each as it was when it was read: it was written to meanwhile");
        };
    }

    private static String deadLetters(TableProof proof) {
        String count = Human.count(proof.deadLetters(), "dead letter");
        if (proof.outcome() != TableProof.Outcome.DIFFERENT) {
            return count + " open, though nothing differs; 'tidemark dead-letters retry' resolves them";
        }
        if (proof.isExplained()) {
            return count + " explain" + (proof.deadLetters() == 1 ? "s" : "") + " all differences";
        }
        return count + ", which explain" + (proof.deadLetters() == 1 ? "s " : " ") + Human.count(proof.explained())
                + " of "
                + (proof.moreDifferences() ? "more than " : "")
                + Human.count(proof.differences().size(), "difference");
    }

    private static String kind(KeyDifference difference) {
        return switch (difference.kind()) {
            case MISSING -> "missing in the mirror";
            case EXTRA -> "not in the source";
            case DIFFERENT -> "other values";
        };
    }

    private static String result(TableProof proof) {
        return proof.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static Colour colour(TableProof proof) {
        return switch (proof.outcome()) {
            case EQUAL -> Colour.GOOD;
            case DIFFERENT -> Colour.BAD;
            case UNPROVEN -> Colour.NOTICE;
        };
    }

    private static Map<String, @Nullable Object> json(TableProof proof) {
        Map<String, @Nullable Object> fields = StatusJson.table(proof.table());
        fields.put("result", result(proof));
        fields.put("certificate", proof.certificate().map(ProofPrinter::json).orElse(null));
        fields.put("storedAt", proof.storedAt().isEmpty() ? null : proof.storedAt());
        fields.put("repairedKeys", proof.repaired());
        fields.put("deadLetters", proof.deadLetters());
        fields.put("explainedByDeadLetters", proof.explained());
        fields.put("reason", proof.reason().isEmpty() ? null : proof.reason());
        fields.put("remedy", proof.remedy().isEmpty() ? null : proof.remedy());
        fields.put("moreDifferences", proof.moreDifferences());
        fields.put(
                "differences",
                proof.differences().stream().map(ProofPrinter::json).toList());
        return fields;
    }

    private static Map<String, @Nullable Object> json(KeyDifference difference) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("kind", difference.kind().name().toLowerCase(Locale.ROOT));
        fields.put("key", difference.key());
        fields.put("columns", List.copyOf(difference.columns()));
        fields.put("copies", difference.copies());
        return fields;
    }

    private static Map<String, @Nullable Object> json(Certificate certificate) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("agreement", certificate.agreement().name().toLowerCase(Locale.ROOT));
        fields.put("position", certificate.position());
        fields.put("slice", certificate.slice());
        fields.put("range", certificate.range().isEmpty() ? null : certificate.range());
        fields.put("rows", certificate.rows());
        fields.put("mirrorRows", certificate.mirrorRows());
        fields.put("checksum", certificate.checksum());
        fields.put("mirrorChecksum", certificate.mirrorChecksum());
        fields.put("source", certificate.source());
        fields.put("mirrorVersion", certificate.mirrorVersion());
        fields.put("at", certificate.at());
        fields.put("millis", certificate.millis());
        return fields;
    }
}
