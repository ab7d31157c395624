package io.tidemark.workload.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.testkit.server.BuiltJars;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MavenJarTest {
    private static final Path LIST =
            Path.of("src", "main", "resources", "io", "tidemark", "workload", "demo", "dynamodb-local.jars");

    /**
     * The build's own DynamoDB Local, of which this folder is a Maven repository. To write the list afresh:
     *
     * <pre>mvn -q -pl workload -am package -Dtest=MavenJarTest -Dsurefire.failIfNoSpecifiedTests=false -Dtidemark.docs=update</pre>
     */
    @Test
    void listsWhatTheBuildResolves() throws IOException {
        Path repository = BuiltJars.dynamoDbRepository();
        String expected = BuiltJars.dynamoDb().stream()
                .map(jar -> jar(repository, jar).toString())
                .collect(Collectors.joining(
                        "\n",
                        "# What DynamoDB Local runs with, and is taken from Maven: group:artifact:version bytes SHA-256."
                                + " MavenJarTest compares it with the build's.\n",
                        "\n"));
        if ("update".equals(System.getProperty("tidemark.docs"))) {
            Files.writeString(LIST, expected);
        }
        assertThat(LIST)
                .as("to write it afresh run this test with -Dtidemark.docs=update")
                .content()
                .isEqualTo(expected);
        assertThat(MavenJar.dynamoDbLocal()).extracting(MavenJar::artifact).contains("DynamoDBLocal");
    }

    @Test
    void refusesALineThatIsNoJar() {
        assertThatThrownBy(() -> MavenJar.parse("a:b:1 10 " + "0".repeat(63)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MavenJar.parse("a:../b:1 10 " + "0".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static MavenJar jar(Path repository, Path file) {
        Path path = repository.relativize(file);
        int names = path.getNameCount();
        String group = path.subpath(0, names - 3).toString().replace('/', '.');
        try {
            byte[] content = Files.readAllBytes(file);
            MavenJar jar = new MavenJar(
                    group,
                    path.getName(names - 3).toString(),
                    path.getName(names - 2).toString(),
                    content.length,
                    MavenJars.digest(content));
            assertThat(jar.path()).isEqualTo(path.toString());
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
