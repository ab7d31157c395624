package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.output.Capture;
import io.tidemark.cli.output.JsonText;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.source.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingPrinterTest {
    private static final List<Finding> FINDINGS = List.of(
            Finding.ok("connection", "Postgres 17"),
            Finding.warning("slots", "1 left", "Raise max_replication_slots."),
            Finding.failed(ErrorCode.SOURCE_PERMISSION, "select", "not granted", "GRANT SELECT\nON accounts TO x;"),
            Finding.failed(ErrorCode.LAKE_NOT_WRITABLE, "lake", "read-only", "chmod"));

    @Test
    void printsRemediesUnderWhatFailed() {
        Capture capture = Capture.piped();
        FindingPrinter.print(FINDINGS, capture.asTerminal().out(), capture.asTerminal());

        assertThat(capture.out().lines())
                .containsExactly(
                        "ok       connection: Postgres 17",
                        "warning  slots: 1 left",
                        "         Raise max_replication_slots.",
                        "FAILED   select: not granted",
                        "         GRANT SELECT",
                        "         ON accounts TO x;",
                        "FAILED   lake: read-only",
                        "         chmod",
                        "",
                        "2 failed, 1 warning, 4 tests.");
    }

    @Test
    void exitsWithTheCodeOfTheFirstFailure() {
        assertThat(FindingPrinter.exitCode(FINDINGS)).isEqualTo(4);
        assertThat(FindingPrinter.exitCode(FINDINGS.subList(0, 2))).isZero();
        assertThat(FindingPrinter.exitCode(List.of())).isZero();
    }

    @Test
    void isWrittenAsJson() {
        assertThat(JsonText.line(FindingPrinter.json(FINDINGS.subList(1, 3))))
                .isEqualTo("[{\"subject\":\"slots\",\"status\":\"warning\",\"detail\":\"1 left\","
                        + "\"remedy\":\"Raise max_replication_slots.\",\"code\":null},"
                        + "{\"subject\":\"select\",\"status\":\"failed\",\"detail\":\"not granted\","
                        + "\"remedy\":\"GRANT SELECT\\nON accounts TO x;\",\"code\":\"SOURCE_PERMISSION\"}]");
    }
}
