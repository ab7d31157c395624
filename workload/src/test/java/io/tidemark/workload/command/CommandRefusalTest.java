package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRefusalTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    demo --tps 0                  | Cannot run the demo: --tps must be more than 0 and at most 100000 (tps=0.0)
                    demo --tps NaN                | Cannot run the demo: --tps must be more than 0 and at most 100000 (tps=NaN)
                    demo --rows -1                | Cannot run the demo: --rows must be 0 or more (rows=-1)
                    demo --source oracle          | Cannot run the demo: it starts postgres or dynamodb (source=oracle)
                    demo --maven-repository http://h/m | Cannot run the demo: --maven-repository is for --source dynamodb; PostgreSQL came with Tidemark (source=postgres)
                    demo --source dynamodb --maven-repository ftp://h/m | Cannot use the Maven repository: its URL must read https://host/path, without user and password
                    demo --source dynamodb --maven-repository https://me:secret@h/m | Cannot use the Maven repository: its URL must read https://host/path, without user and password
                    demo --source dynamodb --tps 0 | Cannot run the demo: --tps must be more than 0 and at most 100000 (tps=0.0)
                    demo --rows many              | Cannot read the command line: Invalid value for option '--rows': 'many' is not a long
                    demo --duration 20            | Cannot read the command line: Invalid value for option '--duration': it must be a number with a unit: 500ms, 10s, 5m, 24h or 7d
                    demo --duration -5s           | Cannot read the command line: Invalid value for option '--duration': it must be a number with a unit: 500ms, 10s, 5m, 24h or 7d
                    workload --mix 60/30          | Cannot read the command line: Invalid value for option '--mix': it must be three percentages such as 60/30/10
                    workload --mix 60/30/20       | Cannot read the command line: Invalid value for option '--mix': the three percentages must make 100
                    workload --tps -1             | Cannot run the workload: the rate must be 0 (as fast as it goes) to 1000000 transactions/s (transactionsPerSecond=-1.0)
                    workload --threads 1000       | Cannot run the workload: the threads must be 0 (derived from the rate) to 256 (threads=1000)
                    workload --changes 0          | Cannot run the workload: the changes in a transaction must be 1 to 100000 (changesPerTransaction=0)
                    workload --rollback 101       | Cannot run the workload: a share must be 0 to 100 percent (rollbackPercent=101)
                    workload --skew -1            | Cannot run the workload: the skew must be 0 (even) to 100 (skew=-1.0)
                    workload --rows -5            | Cannot run the workload: --rows must be 0 or more (rows=-5)
                    workload --source oracle      | Cannot run the workload: it writes to postgres or dynamodb (source=oracle)
                    workload --source dynamodb --rollback 5 | Cannot run the workload: DynamoDB has no transactions that could be rolled back (rollback=5)
                    workload --url mysql://h/d    | Cannot use the database's URL: it must read postgresql://host:port/database
                    workload --url postgresql://me:secret@h/d | Cannot use the database's URL: it must not hold a user or password; see --user and --password-env
                    workload --url postgresql://h:x/d | Cannot use the database's URL: it must read postgresql://host:port/database
                    """)
    void refusesWhatCannotBeMeant(String line, String reason) {
        RecordedCommand command = RecordedCommand.run(Map.of(), line.split(" "));
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.err().lines().findFirst()).contains("error: " + reason);
        assertThat(command.err()).contains("code: INVALID_ARGUMENT").doesNotContain("secret");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void saysHowToNameADatabaseWhenThereIsNone() {
        Path none = folder.resolve("none.yaml");
        RecordedCommand command = RecordedCommand.run(Map.of(), "workload", "--config", none.toString());
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.err().lines())
                .containsExactly(
                        "error: Cannot run the workload: no database is named, and there is no configuration to take it from (file="
                                + none + ")",
                        "remedy: Name it: tidemark workload --url postgresql://host:5432/database --user NAME",
                        "code: INVALID_ARGUMENT");
    }

    @Test
    void missesTheVariableThatShallHoldThePassword() {
        RecordedCommand command =
                RecordedCommand.run(Map.of(), "workload", "--url", "postgresql://h/d", "--password-env", "BANK_PW");
        assertThat(command.exitCode()).isEqualTo(3);
        assertThat(command.err())
                .contains(
                        "error: Cannot read the password: the environment variable is not set (variable=BANK_PW)",
                        "code: SECRET_NOT_FOUND");
    }

    @Test
    void tellsAtOnceThatTheDatabaseDoesNotAnswer() {
        RecordedCommand command = RecordedCommand.run(Map.of(), "workload", "--url", "postgresql://127.0.0.1:1/d");
        assertThat(command.exitCode()).isEqualTo(4);
        assertThat(command.err())
                .startsWith("error: Cannot look at the bank: Connection to 127.0.0.1:1 refused")
                .contains("code: SOURCE_UNREACHABLE");
        assertThat(command.out()).isEmpty();
    }

    @Test
    void leavesAFolderWithOtherFilesAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        RecordedCommand command = RecordedCommand.run(Map.of(), "demo", "--dir", folder.toString());
        assertThat(command.exitCode()).isEqualTo(6);
        assertThat(command.err().lines())
                .containsExactly(
                        "error: Cannot use the folder for a demo: it holds other files (folder=" + folder + ")",
                        "remedy: Name a new or empty folder with --dir, or one that an earlier demo kept.",
                        "code: DEMO_DATABASE");
        assertThat(folder.resolve("thesis.txt")).hasContent("mine");
    }

    @Test
    void leavesAFolderOfADemoOfAnotherSourceAlone() throws IOException {
        Path kept = folder.resolve("kept");
        DemoFolder.claim(new PostgresDemo(), Optional.of(kept), DemoOptions.Files.KEEP)
                .close();
        RecordedCommand command =
                RecordedCommand.run(Map.of(), "demo", "--source", "dynamodb", "--dir", kept.toString());
        assertThat(command.exitCode()).isEqualTo(6);
        assertThat(command.err().lines())
                .containsExactly(
                        "error: Cannot use the folder for a demo: an earlier demo left it with a database of another type (folder="
                                + kept + ", source=dynamodb)",
                        "remedy: Name another folder with --dir, or the type of database with --source; about-this-folder.txt in"
                                + " the folder says which it is.",
                        "code: DEMO_DATABASE");
    }

    @Test
    void tellsWhatIsInTheWayOfAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        RecordedCommand command = RecordedCommand.run(Map.of(), "demo", "--json", "--dir", file.toString());
        assertThat(command.exitCode()).isEqualTo(6);
        assertThat(command.err())
                .contains("Cannot use the folder for a demo: it is a file (folder=" + file + ")", "\"exitCode\":6");
    }
}
