package io.tidemark.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Jars of servers, which the build has laid in folders that are Maven repositories. */
public final class BuiltJars {
    private static final String DYNAMODB = "tidemark.dynamodb.jars";
    private static final String S3 = "tidemark.s3.jars";

    private BuiltJars() {}

    /** DynamoDB Local and all that it needs, from the module {@code testkit/dynamodb}. */
    public static List<Path> dynamoDb() {
        return in(dynamoDbRepository());
    }

    /** Where {@link #dynamoDb()} are: a Maven repository without metadata. */
    public static Path dynamoDbRepository() {
        return folder(DYNAMODB);
    }

    /** S3Proxy and all that it needs, from the module {@code testkit/s3}. */
    public static List<Path> s3() {
        return in(folder(S3));
    }

    private static Path folder(String property) {
        String folder = System.getProperty(property);
        if (folder == null) {
            throw new IllegalStateException(
                    "The system property " + property + " names no folder: run the test with Maven");
        }
        return Path.of(folder);
    }

    private static List<Path> in(Path folder) {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
