package io.tidemark.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A folder as Spark is unpacked to: its jars, and the commands that tests need. */
final class SparkHome {
    /** Jobs of tests take seconds, most of them for classes that run once. */
    private static final List<String> OPTIONS = List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final Path folder;

    private SparkHome(Path folder) {
        this.folder = folder;
    }

    /** Makes one; the jars are those that the build has collected. */
    static SparkHome make(Path folder) throws IOException {
        SparkHome home = new SparkHome(Files.createDirectories(folder));
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("conf"));
        Files.createSymbolicLink(folder.resolve("jars"), Path.of(System.getProperty("tidemark.spark.jars")));
        // Its presence says that this is no source tree.
        Files.createFile(folder.resolve("RELEASE"));
        Files.writeString(folder.resolve("conf/log4j2.properties"), """
                rootLogger.level = warn
                rootLogger.appenderRef.stdout.ref = console
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1}: %m%n%ex
                logger.tidemark.name = io.tidemark
                logger.tidemark.level = info
                logger.deploy.name = org.apache.spark.deploy
                logger.deploy.level = info
                """);
        Path submit = folder.resolve("bin/spark-submit");
        Files.writeString(submit, """
                #!/bin/sh
                export SPARK_HOME='%s' SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1
                exec '%s' %s %s -cp "$SPARK_HOME/conf:$SPARK_HOME/jars/*" org.apache.spark.deploy.SparkSubmit "$@"
                """.formatted(
                        folder, home.java(), String.join(" ", OPTIONS), System.getProperty("tidemark.spark.opens")));
        Files.setPosixFilePermissions(submit, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    Path folder() {
        return folder;
    }

    /**
     * Runs queries with Spark's libraries and no others.
     *
     * @param properties Spark's
     * @return rows of all, as {@link ReadMain} prints them
     */
    List<String> query(Map<String, String> properties, List<String> statements) throws Exception {
        Map<String, String> all = new HashMap<>(
                Map.of("spark.master", "local[2]", "spark.app.name", "read", "spark.ui.enabled", "false"));
        all.putAll(properties);
        Process process = process(ReadMain.class.getName(), all, statements, folder.resolve("run.log"));
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("run.log")))
                .isZero();
        return Files.readAllLines(folder.resolve("run.log")).stream()
                .filter(line -> line.startsWith(ReadMain.MARK))
                .map(line -> line.substring(ReadMain.MARK.length()))
                .toList();
    }

    /** Starts a process of Spark's. */
    Process process(String main, Map<String, String> properties, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(OPTIONS);
        command.addAll(List.of(System.getProperty("tidemark.spark.opens").split(" ", -1)));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-cp");
        command.add(String.join(
                java.io.File.pathSeparator,
                folder.resolve("conf").toString(),
                folder.resolve("jars").resolve("*").toString(),
                System.getProperty("tidemark.spark.readers", ""),
                System.getProperty("tidemark.spark.tests")));
        command.add(main);
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SPARK_HOME", folder.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return builder.start();
    }

    /** The jar that users submit. */
    static Path jar() {
        return Path.of(System.getProperty("tidemark.spark.jar"));
    }

    private String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
