package io.tidemark.spark;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.job.ApplyReport;
import io.tidemark.engine.job.JobFiles;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.work.Worker;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.storage.ObjectStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Main class of tidemark-spark.jar, after {@code --config FILE}:
 *
 * <p>{@code --job URI} carries out the job whose {@link ApplyJob} lies there in the lake's storage, and writes its {@link ApplyReport} beside it. It needs
 * the lake only. Exits 0 when it wrote the report, whatever it says.
 *
 * <p>{@code --table SCHEMA.NAME [--through-slice N]} brings one table up to a slice, by default the newest, under the table's lease: for schedulers. It
 * needs the metadata store, too.
 */
public final class ApplyMain {
    private static final int EXIT_USAGE = 64;
    private static final Set<String> OPTIONS = Set.of("--config", "--job", "--table", "--through-slice");

    private ApplyMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> options = options(arguments);
        String config = options.get("--config");
        String job = options.get("--job");
        String table = options.get("--table");
        if (config == null || (job == null) == (table == null) || (job != null && options.size() > 2)) {
            System.err.println("usage: spark-submit [options] tidemark-spark.jar --config FILE"
                    + " (--job URI | --table SCHEMA.NAME [--through-slice N])");
            System.exit(EXIT_USAGE);
            return;
        }
        Plugins plugins = new Plugins();
        PipelineConfig read = ConfigReader.read(Path.of(config), plugins, System.getenv());
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf())) {
            SparkApply engine = new SparkApply(spark, read, plugins);
            if (job != null) {
                carryOut(engine, read, plugins, job);
            } else {
                apply(engine, read, plugins, Objects.requireNonNull(table), options.get("--through-slice"));
            }
        }
    }

    /** Options with their values; nothing when they do not come in pairs or are not known. */
    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length || !OPTIONS.contains(arguments[i])) {
                return Map.of();
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private static void carryOut(SparkApply engine, PipelineConfig config, Plugins plugins, String uri) {
        try (ObjectStore storage = plugins.lake(config.lake().type())
                .openStorage(config.location(), config.lake().settings())) {
            String path = path(config, uri);
            ApplyJob job = JobFiles.find(storage, path, ApplyJob.class)
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.LAKE_IO, "Cannot carry out a job: there is no such file (path=" + path + ")"));
            JobFiles.write(storage, JobFiles.report(path), engine.run(job));
        }
    }

    private static void apply(
            SparkApply engine, PipelineConfig config, Plugins plugins, String name, @Nullable String throughSlice)
            throws InterruptedException {
        try (Pipeline pipeline = Pipeline.open(config, plugins, Clock.systemUTC());
                Worker worker = new Worker(pipeline, engine)) {
            TableId table = pipeline.registry().list().stream()
                    .map(TableRecord::id)
                    .filter(id -> id.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.UNKNOWN_TABLE, "Cannot apply slices to " + name + ": no such table"));
            long newest =
                    pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
            worker.apply(table, throughSlice == null ? newest : Long.parseLong(throughSlice));
        }
    }

    /** A job is named by its URI, or by its path under the lake's root. */
    private static String path(PipelineConfig config, String uri) {
        String root = config.location() + "/";
        return uri.startsWith(root) ? uri.substring(root.length()) : uri;
    }
}
