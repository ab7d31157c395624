package io.tidemark.runner.aws;

import io.tidemark.runner.aws.ServiceRun.Pace;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.JobRunnerProvider;
import io.tidemark.spi.source.Finding;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.Job;

/** Opens {@link GlueRunner}s: type {@code glue}. */
public final class GlueRunnerProvider implements JobRunnerProvider {
    static final Setting<String> JOB =
            Setting.text("job", "Name of a job of AWS Glue, of type Spark and language Scala, that runs are made of.");
    static final Setting<String> JAR = Setting.text("jar", "s3:// URI of tidemark-spark.jar.");
    static final Setting<String> WORKER_TYPE = Setting.text(
                    "worker-type", "Type of the run's workers, for example G.1X; by default the job's own.")
            .asOptional();
    static final Setting<Integer> WORKERS = Setting.integer(
                    "workers", "2", 2, 10_000, "Workers of a run, 2 to 10000; by default the job's own.")
            .asOptional();

    private static final String SPARK = "glueetl";

    @Override
    public String type() {
        return "glue";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(JOB, JAR, AwsService.CONFIG, WORKER_TYPE, WORKERS, AwsService.REGION, AwsService.ENDPOINT);
    }

    @Override
    public Finding check(Settings settings, String lake) {
        return AwsService.checked(GlueRunner.SERVICE, lake, () -> {
            try (GlueClient client = AwsService.client(GlueClient.builder(), settings)) {
                String name = settings.value(JOB);
                Job job = client.getJob(get -> get.jobName(name)).job();
                return job.command().name().equals(SPARK)
                        ? Finding.ok("spark", "jobs are runs of " + name + " on " + GlueRunner.SERVICE)
                        : Finding.failed(
                                ErrorCode.CONFIG_INVALID,
                                "spark",
                                "the job is not of type Spark (job=" + name + ", type="
                                        + job.command().name() + ")",
                                "Name a job whose command is " + SPARK + ".");
            }
        });
    }

    @Override
    public JobRunner open(Settings settings, Path config, Path logs) {
        return new GlueRunner(AwsService.client(GlueClient.builder(), settings), settings, Pace.DEFAULT);
    }
}
