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
import java.util.Locale;
import software.amazon.awssdk.services.emrserverless.EmrServerlessClient;
import software.amazon.awssdk.services.emrserverless.model.Application;

/** Opens {@link EmrServerlessRunner}s: type {@code emr-serverless}. */
public final class EmrServerlessRunnerProvider implements JobRunnerProvider {
    static final Setting<String> APPLICATION =
            Setting.text("application", "Id of an application of EMR Serverless, of type Spark, with Spark 3.5.");
    static final Setting<String> ROLE = Setting.text(
            "role",
            "ARN of the role that runs take on: it reads jar and configuration, and reads and writes the lake.");
    static final Setting<String> JAR = Setting.text("jar", "s3:// URI of tidemark-spark.jar.");

    @Override
    public String type() {
        return "emr-serverless";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(APPLICATION, ROLE, JAR, AwsService.CONFIG, AwsService.REGION, AwsService.ENDPOINT);
    }

    @Override
    public Finding check(Settings settings, String lake) {
        return AwsService.checked(EmrServerlessRunner.SERVICE, lake, () -> {
            try (EmrServerlessClient client = AwsService.client(EmrServerlessClient.builder(), settings)) {
                String id = settings.value(APPLICATION);
                Application application =
                        client.getApplication(get -> get.applicationId(id)).application();
                return application.type().toLowerCase(Locale.ROOT).equals("spark")
                        ? Finding.ok(
                                "spark",
                                "jobs are runs of the application " + id + " on " + EmrServerlessRunner.SERVICE
                                        + " (release=" + application.releaseLabel() + ")")
                        : Finding.failed(
                                ErrorCode.CONFIG_INVALID,
                                "spark",
                                "the application is not of type Spark (application=" + id + ", type="
                                        + application.type() + ")",
                                "Name an application of type Spark.");
            }
        });
    }

    @Override
    public JobRunner open(Settings settings, Path config, Path logs) {
        return new EmrServerlessRunner(
                AwsService.client(EmrServerlessClient.builder(), settings), settings, Pace.DEFAULT);
    }
}
