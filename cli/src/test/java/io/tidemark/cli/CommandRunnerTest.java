package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.ErrorKind;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

class CommandRunnerTest {
    /** A command of another module. */
    @Command(name = "probe", header = "Probes.")
    static final class Probe implements Callable<Integer> {
        @ParentCommand
        Tidemark tidemark;

        @Option(names = "--tps")
        int tps;

        Exception failure;
        Session seen;

        @Override
        public Integer call() throws Exception {
            seen = tidemark.session();
            seen.log(LogLevel.LIFE_CYCLE);
            if (failure != null) {
                throw failure;
            }
            return 7;
        }
    }

    private final Probe probe = new Probe();
    private final RecordedCommands commands = new RecordedCommands(probe);

    @Test
    void runsCommandsOfOtherModulesWithTheSession() {
        assertThat(commands.run("probe", "--tps", "3", "--config", "other.yaml", "--json"))
                .isEqualTo(7);

        assertThat(probe.tps).isEqualTo(3);
        assertThat(probe.seen.configFile()).isEqualTo(Path.of("other.yaml"));
        assertThat(probe.seen.isJson()).isTrue();
        assertThat(commands.levels).containsExactly(LogLevel.LIFE_CYCLE);
    }

    @Test
    void takesGlobalOptionsBeforeTheCommandToo() {
        commands.run("--config", "other.yaml", "--json", "--verbose", "probe");

        assertThat(probe.seen.configFile()).isEqualTo(Path.of("other.yaml"));
        assertThat(probe.seen.isJson()).isTrue();
        assertThat(commands.levels).containsExactly(LogLevel.DETAILS);
    }

    @Test
    void looksForTheConfigurationInTheCurrentFolder() {
        commands.run("probe");

        assertThat(probe.seen.configFile()).isEqualTo(Path.of("./tidemark.yaml"));
        assertThat(probe.seen.isJson()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void tellsEveryErrorWithRemedyCodeAndExitCode(ErrorCode code) {
        probe.failure = new TidemarkException(code, "Cannot probe: it is closed (door=front)");

        assertThat(commands.run("probe")).isEqualTo(code.exitCode());
        assertThat(commands.out()).isEmpty();
        assertThat(commands.err().lines())
                .containsExactly(
                        "error: Cannot probe: it is closed (door=front)", "remedy: " + code.remedy(), "code: " + code);
    }

    @Test
    void tellsErrorsAsJson() {
        probe.failure = new TidemarkException(ErrorCode.DISK_FULL, "Cannot \"probe\":\nfull", "Make room.", null);

        assertThat(commands.run("probe", "--json")).isEqualTo(61);
        assertThat(commands.err())
                .isEqualTo("{\"error\":{\"code\":\"DISK_FULL\",\"kind\":\"resource\","
                        + "\"message\":\"Cannot \\\"probe\\\":\\nfull\",\"remedy\":\"Make room.\",\"exitCode\":61}}\n");
    }

    @Test
    void printsStackTracesOnlyWhenAsked() {
        probe.failure = new IllegalStateException("broken");

        assertThat(commands.run("probe")).isEqualTo(ErrorKind.INTERNAL.exitCode());
        assertThat(commands.err())
                .contains("error: Cannot finish the command: IllegalStateException: broken")
                .doesNotContain("\tat ");

        commands.run("probe", "--trace");
        assertThat(commands.err())
                .contains("java.lang.IllegalStateException: broken")
                .contains("\tat ");
    }

    @Test
    void endsQuietlyWhenInterrupted() {
        probe.failure = new InterruptedException();

        assertThat(commands.run("probe")).isEqualTo(130);
        assertThat(commands.err()).isEmpty();
    }

    @Test
    void suggestsTheCommandThatWasMeant() {
        assertThat(commands.run("verfy")).isEqualTo(2);
        assertThat(commands.err().lines())
                .containsExactly(
                        "error: Cannot read the command line: there is no command verfy",
                        "remedy: Did you mean verify or query or dead-letters? See 'tidemark --help'.",
                        "code: INVALID_ARGUMENT");
    }

    @Test
    void suggestsTheOptionThatWasMeant() {
        assertThat(commands.run("status", "--jsno")).isEqualTo(2);
        assertThat(commands.err()).contains("Unknown option: '--jsno'").contains("Did you mean --json?");
    }

    @Test
    void tellsWrongArgumentsAsJsonToo() {
        assertThat(commands.run("slices", "--limit", "many", "--json")).isEqualTo(2);
        assertThat(commands.err())
                .startsWith("{\"error\":{\"code\":\"INVALID_ARGUMENT\"")
                .contains("'many'");
    }

    @Test
    void refusesCommandsWithoutAConfiguration(@TempDir Path folder) {
        for (String command : new String[] {"check", "run", "status", "tables", "slices", "verify"}) {
            assertThat(commands.run(
                            command, "--config", folder.resolve("none.yaml").toString()))
                    .isEqualTo(3);
        }
        assertThat(commands.err())
                .contains("the file does not exist (file=" + folder.resolve("none.yaml"))
                .contains("remedy: Run 'tidemark init', or name the file with --config FILE.");
    }

    @Test
    void showsTheVersion() {
        assertThat(commands.run("--version")).isZero();
        assertThat(commands.out()).isEqualTo("tidemark 1.2.3\n");
    }
}
