package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.Capture;
import io.tidemark.cli.output.JsonText;
import io.tidemark.engine.compare.KeyDifference;
import io.tidemark.engine.compare.KeyDifference.Kind;
import io.tidemark.engine.verify.Certificate;
import io.tidemark.engine.verify.TableProof;
import io.tidemark.engine.verify.TableProof.Outcome;
import io.tidemark.engine.verify.VerifyReport;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.TableId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProofPrinterTest {
    private static final TableId ACCOUNTS = new TableId("public", "accounts");
    private final Capture capture = Capture.piped();

    @Test
    void printsAProof() {
        print(proof(Outcome.EQUAL, List.of(), "", 0));

        assertThat(capture.out().lines())
                .containsExactly(
                        "TABLE            RESULT   ROWS  POSITION  CHECKSUM   TOOK",
                        "public.accounts  equal   1,000  0/2A      0f0f      1.5 s",
                        "",
                        "Proven equal: 1 table, 1,000 rows.");
    }

    @Test
    void namesEveryDifferingKey() {
        print(proof(
                Outcome.DIFFERENT,
                List.of(
                        new KeyDifference(Kind.MISSING, List.of("1", "a"), List.of(), 1),
                        new KeyDifference(Kind.EXTRA, Arrays.asList("2", null), List.of(), 3),
                        new KeyDifference(Kind.DIFFERENT, List.of("3\u001b", ""), List.of("note", "amount"), 1)),
                "",
                0));

        assertThat(capture.out().lines())
                .contains(
                        "public.accounts: source 1,000 rows, mirror 999 rows",
                        "KEY        DIFFERENCE             COLUMNS       COPIES",
                        "1, a       missing in the mirror",
                        "2, null    not in the source                         3",
                        "3\\u001b,   other values           note, amount",
                        "Different. 'tidemark verify --repair' re-reads the differing keys.");
    }

    @Test
    void doesNotCallWhatWasNotComparedEqual() {
        print(proof(Outcome.EQUAL, List.of(), "", 0), proof(Outcome.UNPROVEN, List.of(), "it is paused", 0));

        assertThat(capture.out())
                .contains("public.accounts was not compared: it is paused\n  remedy: Resume it.")
                .endsWith("No difference found, but not every table could be compared.\n");
    }

    @Test
    void doesNotCallNothingEqual() {
        print();

        assertThat(capture.out()).endsWith("Nothing was compared: the pipeline has no tables.\n");
    }

    @Test
    void tellsWhatWasRepaired() {
        print(proof(Outcome.EQUAL, List.of(), "", 12));

        assertThat(capture.out()).contains("public.accounts: 12 keys re-read");
    }

    @Test
    void isWrittenAsJson() {
        String json = JsonText.line(ProofPrinter.json(new VerifyReport(List.of(proof(
                Outcome.DIFFERENT,
                List.of(new KeyDifference(Kind.EXTRA, Arrays.asList("1", null), List.of(), 1)),
                "",
                0)))));

        assertThat(json)
                .startsWith(
                        "{\"equal\":false,\"tables\":[{\"schema\":\"public\",\"name\":\"accounts\",\"result\":\"different\",")
                .contains("\"position\":\"0/2A\"")
                .contains("\"differences\":[{\"kind\":\"extra\",\"key\":[\"1\",null],\"columns\":[],\"copies\":1}]");
    }

    private void print(TableProof... proofs) {
        new ProofPrinter(capture.asTerminal()).print(new VerifyReport(List.of(proofs)));
    }

    private static TableProof proof(Outcome outcome, List<KeyDifference> differences, String reason, int repaired) {
        Certificate certificate = new Certificate(
                "bank",
                ACCOUNTS,
                outcome == Outcome.EQUAL,
                Certificate.Agreement.CUT,
                new Position(42),
                7,
                "",
                1_000,
                differences.isEmpty() ? 1_000 : 999,
                "0f0f",
                "0f0f",
                "postgresql://db as tidemark",
                99,
                Instant.EPOCH,
                1_500);
        return new TableProof(
                ACCOUNTS,
                outcome,
                outcome == Outcome.UNPROVEN ? Optional.empty() : Optional.of(certificate),
                "proofs/x.json",
                differences,
                false,
                reason,
                reason.isEmpty() ? "" : "Resume it.",
                repaired,
                0,
                0);
    }
}
