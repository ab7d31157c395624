package io.tidemark.spark;

import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PipelineConfig;
import io.tidemark.engine.job.ApplyJob;
import io.tidemark.engine.job.JobFiles;
import io.tidemark.engine.job.JobReport;
import io.tidemark.engine.job.LoadJob;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Main class of tidemark-spark.jar, after {@code --config FILE}:
 *
 * <p>{@code --job URI} carries out the job whose {@link ApplyJob} lies there in the lake's storage, and writes its {@link JobReport} beside it. It needs
 * the lake only. Exits 0 when it wrote the report, whatever it says.
 *
 * <p>{@code --load URI} does the same with a {@link LoadJob}.
 *
 * <p>{@code --table SCHEMA.NAME [--through-slice N]} brings one table up to a slice, by default the newest, under the table's lease: for schedulers. It
 * needs the metadata store, too.
 */
public final class ApplyMain {
    private static final int EXIT_USAGE = 64;
    private static final Set<String> OPTIONS = Set.of("--config", "--job", "--load", "--table", "--through-slice");

    private ApplyMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> options = options(arguments);
        String config = options.get("--config");
        String job = options.get("--job");
        String load = options.get("--load");
        String table = options.get("--table");
        long kinds = Stream.of(job, load, table).filter(Objects::nonNull).count();
        if (config == null || kinds != 1 || (table == null && options.size() > 2)) {
            System.err.println("usage: spark-submit [options] tidemark-spark.jar --config FILE"
                    + " (--job URI | --load URI | --table SCHEMA.NAME [--through-slice N])");
            System.exit(EXIT_USAGE);
            return;
        }
        Plugins plugins = new Plugins();
        PipelineConfig read = ConfigReader.read(Path.of(config), plugins, System.getenv());
        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf())) {
            SparkApply engine = new SparkApply(spark, read, plugins);
            if (job != null) {
                carryOut(read, plugins, job, ApplyJob.class, engine::run);
            } else if (load != null) {
                carryOut(read, plugins, load, LoadJob.class, engine::run);
            } else {
                apply(engine, read, plugins, Objects.requireNonNull(table), options.get("--through-slice"));
            }
        }
    }

    /** Options with their values; nothing when they are not what is known. AWS Glue adds arguments of its own, {@code --JOB_NAME} among them. */
    static Map<String, String> options(String[] arguments) {
        boolean isGlue = List.of(arguments).contains("--JOB_NAME");
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            if (OPTIONS.contains(arguments[i]) && i + 1 < arguments.length) {
                options.put(arguments[i], arguments[i + 1]);
                i++;
            } else if (!isGlue) {
                return Map.of();
            }
        }
        return options;
    }

    private static <T> void carryOut(
            PipelineConfig config, Plugins plugins, String uri, Class<T> type, Function<T, JobReport> engine) {
        try (ObjectStore storage = plugins.lake(config.lake().type())
                .openStorage(config.location(), config.lake().settings())) {
            String path = path(config, uri);
            T job = JobFiles.find(storage, path, type)
                    .orElseThrow(() -> new TidemarkException(
                            ErrorCode.LAKE_IO, "Cannot carry out a job: there is no such file (path=" + path + ")"));
            JobFiles.write(storage, JobFiles.report(path), engine.apply(job));
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
