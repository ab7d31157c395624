package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.command.DemoOptions.Files;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class DemoFolderTest {
    private static final String URL = "postgresql://127.0.0.1:5555/postgres";

    private static final DemoSource POSTGRES = new PostgresDemo();

    @TempDir
    Path parent;

    @Test
    void removesAFolderThatItMade() throws IOException {
        Path path = parent.resolve("made");
        DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.of(path), Files.DELETE);
        folder.writeConfig(server(URL));
        java.nio.file.Files.createDirectories(path.resolve("lake/mirror"));
        assertThat(folder.isKept()).isFalse();
        folder.close();
        assertThat(path).doesNotExist();
        folder.close();
    }

    @Test
    void removesAFreshTemporaryFolder() {
        DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.empty(), Files.DELETE);
        try (folder) {
            assertThat(folder.root()).isDirectory();
        }
        assertThat(folder.root()).doesNotExist();
    }

    @Test
    void emptiesAFolderThatWasThereEmpty() throws IOException {
        Path path = java.nio.file.Files.createDirectory(parent.resolve("empty"));
        try (DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.of(path), Files.DELETE)) {
            folder.writeConfig(server(URL));
        }
        assertThat(path).isEmptyDirectory();
    }

    @Test
    void neverFollowsALinkWhenItRemoves() throws IOException {
        Path other = java.nio.file.Files.createDirectory(parent.resolve("other"));
        java.nio.file.Files.writeString(other.resolve("thesis.txt"), "mine");
        Path path = parent.resolve("made");
        try (DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.of(path), Files.DELETE)) {
            java.nio.file.Files.createSymbolicLink(folder.root().resolve("link"), other);
        }
        assertThat(path).doesNotExist();
        assertThat(other.resolve("thesis.txt")).hasContent("mine");
    }

    @Test
    void goesOnWithAKeptFolderAndKeepsItWhateverIsAskedFor() throws IOException {
        Path path = parent.resolve("kept");
        try (DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.of(path), Files.KEEP)) {
            assertThat(folder.isResumed()).isFalse();
            assertThat(folder.port()).isEmpty();
            folder.writeConfig(server(URL));
        }
        try (DemoFolder again = DemoFolder.claim(POSTGRES, Optional.of(path), Files.DELETE)) {
            assertThat(again.isResumed()).isTrue();
            assertThat(again.isKept()).isTrue();
            assertThat(again.port()).hasValue(5555);
        }
        assertThat(path.resolve("tidemark.yaml")).exists();
    }

    @Test
    void changesNothingButThePlaceOfTheDatabaseInAConfigurationThatExists() throws IOException {
        Path path = parent.resolve("kept");
        try (DemoFolder folder = DemoFolder.claim(POSTGRES, Optional.of(path), Files.KEEP)) {
            folder.writeConfig(server(URL));
            String edited = java.nio.file.Files.readString(folder.config()).replace("interval: 1s", "interval: 5s")
                    + "# mine, url: http://example\n";
            java.nio.file.Files.writeString(folder.config(), edited);
            folder.writeConfig(server("postgresql://127.0.0.1:6666/postgres"));
            assertThat(folder.config()).hasContent(edited.replace(":5555/", ":6666/"));
            assertThat(folder.port()).hasValue(6666);
        }
    }

    private static DemoServer server(String url) {
        return new DemoServer(
                "17",
                5555,
                url,
                "source:\n  url: " + url + "\nslices: {interval: 1s}\n",
                new BankWorkload(new PGSimpleDataSource(), BankWorkload.DEFAULT_SCHEMA),
                () -> {});
    }
}
