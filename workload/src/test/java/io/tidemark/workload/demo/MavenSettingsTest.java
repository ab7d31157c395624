package io.tidemark.workload.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MavenSettingsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    *                    | true
                    central              | true
                    external:*           | true
                    snapshots, central   | true
                    *,!central           | false
                    snapshots            | false
                    external:http:*      | false
                    """)
    void takesTheMirrorOfCentral(String of, boolean taken) throws IOException {
        MavenSettings settings = read("<settings><mirrors><mirror><id>m</id><mirrorOf>" + of
                + "</mirrorOf><url> https://mirror.example/maven </url></mirror></mirrors></settings>");
        assertThat(settings.mirror()).isEqualTo(taken ? Optional.of("https://mirror.example/maven") : Optional.empty());
    }

    @Test
    void takesTheFirstMirrorThatIsNotBlocked() throws IOException {
        MavenSettings settings = read("""
                <settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">
                  <mirrors>
                    <mirror><mirrorOf>*</mirrorOf><url>https://a</url><blocked>true</blocked></mirror>
                    <mirror><mirrorOf>*</mirrorOf><url>https://b</url></mirror>
                    <mirror><mirrorOf>central</mirrorOf><url>https://c</url></mirror>
                  </mirrors>
                  <profiles><profile><repositories><repository><url>https://d</url></repository></repositories></profile></profiles>
                </settings>
                """);
        assertThat(settings.mirror()).contains("https://b");
        assertThat(settings.localRepository()).isEmpty();
    }

    @Test
    void findsTheLocalRepository() throws IOException {
        assertThat(read("<settings><localRepository>/var/maven</localRepository></settings>")
                        .localRepository())
                .contains(Path.of("/var/maven"));
        assertThat(read("<settings><localRepository>${user.home}/jars</localRepository></settings>")
                        .localRepository())
                .contains(Path.of(System.getProperty("user.home"), "jars"));
        assertThat(read("<settings><localRepository>${env.JARS}/jars</localRepository></settings>")
                        .localRepository())
                .isEmpty();
    }

    @Test
    void aMissingFileSaysNothing() {
        assertThat(MavenSettings.read(folder.resolve("none.xml")))
                .isEqualTo(new MavenSettings(Optional.empty(), Optional.empty()));
    }

    @Test
    void readsNoOtherFileThatTheSettingsName() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "https://secret");
        String text = "<!DOCTYPE settings [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>"
                + "<settings><mirrors><mirror><mirrorOf>*</mirrorOf><url>&e;</url></mirror></mirrors></settings>";
        assertThatThrownBy(() -> read(text))
                .hasMessageStartingWith("Cannot read Maven's settings: XMLStreamException (file=")
                .hasMessageNotContaining("secret)");
    }

    @Test
    void refusesAFileThatIsNoXml() {
        assertThatThrownBy(() -> read("<settings><mirrors>"))
                .hasMessageStartingWith("Cannot read Maven's settings: XMLStreamException (file=");
    }

    private MavenSettings read(String text) throws IOException {
        return MavenSettings.read(Files.writeString(folder.resolve("settings.xml"), text));
    }
}
