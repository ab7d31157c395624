package io.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void alignsTextLeftAndNumbersRight() {
        TextTable table = new TextTable().column("TABLE").number("ROWS").column("STATE");
        table.row("public.accounts", "1,000", "live").row("x", "7", "");

        assertThat(table.lines(Capture.piped().asTerminal()))
                .containsExactly(
                        "TABLE             ROWS  STATE", "public.accounts  1,000  live", "x                    7");
    }

    @Test
    void countsWideCharactersAsTwoColumnsAndCombiningOnesAsNone() {
        TextTable table = new TextTable().column("A").column("B");
        table.row("日本", "x").row("e\u0301", "x").row("😀", "x");

        assertThat(table.lines(Capture.piped().asTerminal()))
                .containsExactly("A     B", "日本  x", "e\u0301     x", "😀    x");
    }

    @Test
    void cutsTheWidestColumnOnATerminalOnly() {
        TextTable table = new TextTable().column("K").column("NOTE");
        table.row("1", "abcdefghijklmnopqrstuvwxyz".repeat(3));

        assertThat(table.isCut(Capture.piped().asTerminal())).isFalse();
        assertThat(table.lines(Capture.piped().asTerminal()).get(1)).hasSize(3 + 78);
        Terminal narrow = Capture.terminal(40).asTerminal();
        assertThat(table.isCut(narrow)).isTrue();
        assertThat(table.lines(narrow).get(1)).hasSize(40).endsWith("…");
    }

    @Test
    void neverLetsAValueSteerTheTerminal() {
        TextTable table = new TextTable().column("A\u001b[31m");
        table.row("x\u001b]0;title\u0007\r\n\ty\u202e\u2028\u0000\ud800");

        List<String> lines = table.lines(Capture.piped().asTerminal());
        assertThat(lines)
                .containsExactly("A\\u001b[31m", "x\\u001b]0;title\\u0007\\r\\n\\ty\\u202e\\u2028\\u0000\\ud800");
    }

    @Test
    void coloursDoNotChangeTheAlignment() {
        TextTable table = new TextTable().column("STATE").column("X");
        table.beginRow()
                .cell("live", Colour.GOOD)
                .cell("1")
                .beginRow()
                .cell("failed", Colour.BAD)
                .cell("2");

        assertThat(table.lines(Capture.colours().asTerminal())).element(1).isEqualTo("\u001b[32mlive\u001b[0m    1");
    }
}
