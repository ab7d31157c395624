package io.tidemark.engine.job;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.JobRunnerProvider;
import io.tidemark.spi.source.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Opens {@link SparkSubmit}s: type {@code spark-submit}. */
public final class SparkSubmitProvider implements JobRunnerProvider {
    static final Setting<String> HOME = Setting.text(
                    "home", "Spark's folder, whose bin/spark-submit is run; by default spark-submit is found in PATH.")
            .asOptional();
    static final Setting<String> MASTER = Setting.text(
                    "master", "Where jobs run: local[4], spark://HOST:7077, yarn, k8s://..., as spark-submit has it.")
            .withDefault("local[*]");
    static final Setting<String> DEPLOY_MODE = Setting.text(
                    "deploy-mode",
                    "Where the driver runs, as spark-submit has it: client (beside this process) or cluster. With cluster, the"
                            + " configuration file is sent along, and what it refers to has to be reachable from there.")
            .withDefault("client");
    static final Setting<String> JAR = Setting.text("jar", "Path or URI of tidemark-spark.jar.");

    /** Jars of lakes whose libraries are not in tidemark-spark.jar, by type. */
    private static final Map<String, String> LAKE_JARS = Map.of("hudi", "tidemark-spark-hudi.jar");

    @Override
    public String type() {
        return "spark-submit";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(HOME, MASTER, DEPLOY_MODE, JAR);
    }

    @Override
    public Finding check(Settings settings, String lake) {
        String jar = settings.value(JAR);
        if (!jar.contains("://") && !Files.isRegularFile(Path.of(jar))) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "spark",
                    "there is no file at spark.jar (jar=" + jar + ")",
                    "Build it with 'mvn package -pl spark -am', or name the one of the release.");
        }
        Path command = SparkSubmit.command(settings);
        if (command.isAbsolute() && !Files.isExecutable(command)) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "spark",
                    "spark-submit cannot be run (command=" + command + ")",
                    "Set spark.home to Spark's folder.");
        }
        String lakeJar = LAKE_JARS.getOrDefault(lake, "");
        if (!settings.properties().getOrDefault("spark.jars", "").contains(lakeJar)) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "spark",
                    "jobs lack what lakes of type " + lake + " need (jar=" + lakeJar + ")",
                    "Name it in spark.properties, for example spark.jars: /opt/tidemark/" + lakeJar
                            + "; it is built with 'mvn package -pl spark/" + lake + " -am'.");
        }
        return Finding.ok("spark", "jobs are started by " + command + " (master=" + settings.value(MASTER) + ")");
    }

    @Override
    public JobRunner open(Settings settings, Path config, Path logs) {
        return new SparkSubmit(settings, config, logs);
    }
}
