package io.tidemark.runner.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.runner.aws.ServiceRun.Pace;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.RunningJob;
import io.tidemark.spi.job.RunningJob.JobEnd;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.emrserverless.EmrServerlessClient;

class EmrServerlessRunnerTest {
    private static final String START = "POST /applications/00app/jobruns";
    private static final String GET = "GET /applications/00app/jobruns/00run";
    private static final String CANCEL = "DELETE /applications/00app/jobruns/00run";

    @RegisterExtension
    final StubService service = new StubService();

    @Test
    void aRunIsStartedWithTheJobsArgumentsAndAskedUntilItEnds() {
        String[] state = {"RUNNING"};
        service.answer(call -> call.action().equals(START) ? started() : run(state[0], ""));
        try (JobRunner runner = runner();
                RunningJob run = runner.start("tidemark-public-t", List.of("--job", "jobs/p/t-1.json"))) {
            StubService.Call start = service.calls(START).get(0);
            assertThat(start.signature()).contains("/eu-west-1/emr-serverless/aws4_request");
            assertThat(start.body())
                    .contains("\"executionRoleArn\":\"arn:aws:iam::1:role/r\"")
                    .contains("\"name\":\"tidemark-public-t\"")
                    .contains("\"entryPoint\":\"s3://b/tidemark-spark.jar\"")
                    .contains("\"entryPointArguments\":[\"--config\",\"tidemark.yaml\",\"--job\",\"jobs/p/t-1.json\"]")
                    .contains(
                            "\"sparkSubmitParameters\":\"--class io.tidemark.spark.ApplyMain --files s3://b/tidemark.yaml"
                                    + " --conf spark.executor.memory=8g\"")
                    .contains("\"clientToken\":\"");
            for (String before : List.of("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING")) {
                state[0] = before;
                assertThat(run.poll()).isEmpty();
            }
            state[0] = "SUCCESS";
            assertThat(run.poll()).contains(new JobEnd(true, "application=00app, run=00run, state=SUCCESS"));
            assertThat(service.calls(GET)).hasSize(7);
        }
        assertThat(service.calls(CANCEL)).isEmpty();
    }

    @Test
    void aRunThatFailsSaysWhyAndOneThatIsGivenUpIsCancelled() {
        service.answer(call -> call.action().equals(START) ? started() : run("FAILED", "Job execution failed"));
        try (JobRunner runner = runner();
                RunningJob run = runner.start("t", List.of())) {
            assertThat(run.poll())
                    .contains(new JobEnd(
                            false, "application=00app, run=00run, state=FAILED, details=Job execution failed"));
        }
        assertThat(service.calls(CANCEL)).isEmpty();
        try (JobRunner runner = runner()) {
            runner.start("t", List.of()).close();
        }
        assertThat(service.calls(CANCEL)).hasSize(1);
    }

    @Test
    void aStartThatIsRefusedIsAnErrorWithTheServicesWords() {
        service.answer(call -> new Answer(404, "{\"message\":\"Application 00app does not exist\"}"));
        try (JobRunner runner = runner()) {
            assertThatThrownBy(() -> runner.start("t", List.of()))
                    .isInstanceOf(TidemarkException.class)
                    .hasMessageContaining("Application 00app does not exist");
        }
    }

    @Test
    void checkAsksForTheApplicationAndStartsNone() {
        String[] type = {"Spark"};
        service.answer(call -> new Answer(
                200,
                "{\"application\":{\"applicationId\":\"00app\",\"type\":\"" + type[0]
                        + "\",\"releaseLabel\":\"emr-7.9.0\"}}"));
        EmrServerlessRunnerProvider provider = new EmrServerlessRunnerProvider();
        assertThat(provider.check(settings(), "iceberg"))
                .returns(Finding.Status.OK, Finding::status)
                .extracting(Finding::detail)
                .asString()
                .contains("release=emr-7.9.0");
        type[0] = "Hive";
        assertThat(provider.check(settings(), "iceberg").status()).isEqualTo(Finding.Status.FAILED);
        assertThat(service.calls(START)).isEmpty();
    }

    private JobRunner runner() {
        return new EmrServerlessRunner(
                AwsService.client(EmrServerlessClient.builder(), settings()),
                settings(),
                new Pace(Duration.ZERO, Duration.ofMinutes(1)));
    }

    private Settings settings() {
        Map<String, String> texts =
                new HashMap<>(Map.of("application", "00app", "role", "arn:aws:iam::1:role/r", "region", "eu-west-1"));
        texts.putAll(Map.of(
                "jar", "s3://b/tidemark-spark.jar", "config", "s3://b/tidemark.yaml", "endpoint", service.url()));
        return new Settings("spark", texts, Map.of("spark.executor.memory", "8g"));
    }

    private static Answer started() {
        return new Answer(200, "{\"applicationId\":\"00app\",\"jobRunId\":\"00run\",\"arn\":\"arn\"}");
    }

    private static Answer run(String state, String details) {
        return new Answer(
                200,
                "{\"jobRun\":{\"applicationId\":\"00app\",\"jobRunId\":\"00run\",\"state\":\"" + state
                        + "\",\"stateDetails\":\"" + details + "\"}}");
    }
}
