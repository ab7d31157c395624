package io.tidemark.workload.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A jar as Maven repositories hold it.
 *
 * @param group group of the artifact
 * @param artifact name of the artifact
 * @param version version of the artifact
 * @param bytes size of the file
 * @param sha256 SHA-256 of the file, in hexadecimal digits
 */
record MavenJar(String group, String artifact, String version, long bytes, String sha256) {
    private static final String DYNAMODB_LOCAL = "dynamodb-local.jars";
    private static final Pattern LINE =
            Pattern.compile("([\\w.-]+):([\\w.-]+):([\\w.-]+) ([1-9]\\d{0,8}) ([0-9a-f]{64})");

    /** DynamoDB Local and all that it needs. */
    static List<MavenJar> dynamoDbLocal() {
        try (InputStream in = MavenJar.class.getResourceAsStream(DYNAMODB_LOCAL)) {
            if (in == null) {
                throw new IllegalStateException("The list of DynamoDB Local's jars is missing");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(MavenJar::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MavenJar parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Cannot read a jar's line: " + line);
        }
        return new MavenJar(
                matcher.group(1),
                matcher.group(2),
                matcher.group(3),
                Long.parseLong(matcher.group(4)),
                matcher.group(5));
    }

    /** Where it is in a repository. */
    String path() {
        return String.join("/", group.replace('.', '/'), artifact, version, fileName());
    }

    String fileName() {
        return artifact + "-" + version + ".jar";
    }

    /** Its line in a list. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s:%s:%s %d %s", group, artifact, version, bytes, sha256);
    }
}
