package io.tidemark.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @AfterEach
    void forgetTheLauncher() {
        System.clearProperty(Terminal.COLUMNS_PROPERTY);
        System.clearProperty(Terminal.LINES_PROPERTY);
    }

    @Test
    void takesTheSizeFromTheLauncher() {
        System.setProperty(Terminal.COLUMNS_PROPERTY, "132");
        System.setProperty(Terminal.LINES_PROPERTY, "50");

        Terminal terminal = Terminal.system(Map.of());

        assertThat(terminal.interactive()).isTrue();
        assertThat(terminal.colours()).isTrue();
        assertThat(terminal.columns()).isEqualTo(132);
        assertThat(terminal.lines()).isEqualTo(50);
    }

    @Test
    void isPlainWhenOutputIsNoTerminal() {
        System.setProperty(Terminal.COLUMNS_PROPERTY, "0");

        Terminal terminal = Terminal.system(Map.of());

        assertThat(terminal.interactive()).isFalse();
        assertThat(terminal.colours()).isFalse();
        assertThat(terminal.columns()).isEqualTo(80);
        assertThat(terminal.paint(Colour.BAD, "x")).isEqualTo("x");
    }

    @Test
    void honoursNoColorAndDumbTerminals() {
        System.setProperty(Terminal.COLUMNS_PROPERTY, "80");

        assertThat(Terminal.system(Map.of("NO_COLOR", "1")).colours()).isFalse();
        assertThat(Terminal.system(Map.of("NO_COLOR", "1")).interactive()).isTrue();
        assertThat(Terminal.system(Map.of("NO_COLOR", "")).colours()).isTrue();
        assertThat(Terminal.system(Map.of("TERM", "dumb")).interactive()).isFalse();
    }
}
