package io.tidemark.runner.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.runner.aws.ServiceRun.Pace;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
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
import software.amazon.awssdk.services.glue.GlueClient;

class GlueRunnerTest {
    private static final List<String> ARGUMENTS = List.of("--job", "jobs/p/t-1.json");
    private static final Pace AT_ONCE = new Pace(Duration.ZERO, Duration.ofMinutes(1));

    @RegisterExtension
    final StubService service = new StubService();

    @Test
    void aRunIsStartedWithTheJobsArgumentsAndAskedUntilItEnds() {
        String[] state = {"RUNNING"};
        service.answer(call -> call.action().equals("AWSGlue.StartJobRun")
                ? new Answer(200, "{\"JobRunId\":\"jr_1\"}")
                : run(state[0], ""));
        try (JobRunner runner = runner(AT_ONCE);
                RunningJob run = runner.start("tidemark-public-t", ARGUMENTS)) {
            StubService.Call start = service.calls("AWSGlue.StartJobRun").get(0);
            assertThat(start.signature()).contains("/eu-west-1/glue/aws4_request");
            assertThat(start.body())
                    .contains("\"JobName\":\"mirror\"")
                    .contains("\"--class\":\"io.tidemark.spark.ApplyMain\"")
                    .contains("\"--extra-jars\":\"s3://b/tidemark-spark.jar\"")
                    .contains("\"--extra-files\":\"s3://b/conf/tidemark.yaml\"")
                    .contains("\"--config\":\"tidemark.yaml\"")
                    .contains("\"--job\":\"jobs/p/t-1.json\"")
                    .contains("\"--enable-metrics\":\"true\"")
                    .contains("\"WorkerType\":\"G.2X\"")
                    .contains("\"NumberOfWorkers\":7");
            for (String before : List.of("STARTING", "WAITING", "RUNNING", "STOPPING")) {
                state[0] = before;
                assertThat(run.poll()).isEmpty();
            }
            state[0] = "SUCCEEDED";
            assertThat(run.poll()).contains(new JobEnd(true, "job=mirror, run=jr_1, state=SUCCEEDED"));
            assertThat(service.calls("AWSGlue.GetJobRun").get(0).body())
                    .contains("\"JobName\":\"mirror\"")
                    .contains("\"RunId\":\"jr_1\"");
        }
        assertThat(service.calls("AWSGlue.BatchStopJobRun")).isEmpty();
    }

    @Test
    void aRunThatFailsSaysWhy() {
        service.answer(call -> call.action().equals("AWSGlue.StartJobRun")
                ? new Answer(200, "{\"JobRunId\":\"jr_1\"}")
                : run("FAILED", "Exit code 137"));
        try (JobRunner runner = runner(AT_ONCE);
                RunningJob run = runner.start("t", ARGUMENTS)) {
            assertThat(run.poll())
                    .contains(new JobEnd(false, "job=mirror, run=jr_1, state=FAILED, error=Exit code 137"));
        }
    }

    @Test
    void aRunThatIsGivenUpIsStopped() {
        service.answer(call -> switch (call.action()) {
            case "AWSGlue.StartJobRun" -> new Answer(200, "{\"JobRunId\":\"jr_1\"}");
            case "AWSGlue.BatchStopJobRun" -> new Answer(200, "{}");
            default -> run("RUNNING", "");
        });
        try (JobRunner runner = runner(AT_ONCE)) {
            try (RunningJob run = runner.start("t", ARGUMENTS)) {
                assertThat(run.poll()).isEmpty();
            }
            assertThat(service.calls("AWSGlue.BatchStopJobRun"))
                    .singleElement()
                    .extracting(StubService.Call::body)
                    .asString()
                    .contains("\"JobRunIds\":[\"jr_1\"]");
        }
    }

    @Test
    void aServiceThatDoesNotAnswerForAWhileChangesNothing() {
        boolean[] answers = {false};
        service.answer(call -> call.action().equals("AWSGlue.StartJobRun")
                ? new Answer(200, "{\"JobRunId\":\"jr_1\"}")
                : answers[0] ? run("SUCCEEDED", "") : new Answer(503, "{}"));
        try (JobRunner runner = runner(AT_ONCE);
                RunningJob run = runner.start("t", ARGUMENTS)) {
            assertThat(run.poll()).isEmpty();
            assertThat(run.poll()).isEmpty();
            answers[0] = true;
            assertThat(run.poll())
                    .hasValueSatisfying(end -> assertThat(end.isSuccess()).isTrue());
        }
        answers[0] = false;
        try (JobRunner runner = runner(new Pace(Duration.ZERO, Duration.ZERO));
                RunningJob run = runner.start("t", ARGUMENTS)) {
            assertThat(run.poll()).isEmpty();
            assertThatThrownBy(run::poll)
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.ENGINE_FAILED, TidemarkException::code)
                    .extracting(TidemarkException::reason)
                    .asString()
                    .contains("run=mirror/jr_1");
        }
    }

    @Test
    void aStartThatIsRefusedIsAnErrorWithTheServicesWords() {
        service.answer(
                call -> new Answer(
                        400,
                        "{\"__type\":\"ConcurrentRunsExceededException\",\"Message\":\"Concurrent runs exceeded for mirror\"}"));
        try (JobRunner runner = runner(AT_ONCE)) {
            assertThatThrownBy(() -> runner.start("t", ARGUMENTS))
                    .asInstanceOf(type(TidemarkException.class))
                    .returns(ErrorCode.ENGINE_FAILED, TidemarkException::code)
                    .extracting(TidemarkException::reason)
                    .asString()
                    .contains("AWS Glue")
                    .contains("Concurrent runs exceeded for mirror");
        }
    }

    @Test
    void checkAsksForTheJobAndStartsNone() {
        String[] type = {"glueetl"};
        service.answer(
                call -> new Answer(200, "{\"Job\":{\"Name\":\"mirror\",\"Command\":{\"Name\":\"" + type[0] + "\"}}}"));
        GlueRunnerProvider provider = new GlueRunnerProvider();
        assertThat(provider.check(settings(), "iceberg").status()).isEqualTo(Finding.Status.OK);
        type[0] = "pythonshell";
        assertThat(provider.check(settings(), "iceberg").detail()).contains("type=pythonshell");
        service.answer(call ->
                new Answer(400, "{\"__type\":\"EntityNotFoundException\",\"Message\":\"Job mirror not found.\"}"));
        assertThat(provider.check(settings(), "iceberg"))
                .returns(Finding.Status.FAILED, Finding::status)
                .extracting(Finding::detail)
                .asString()
                .contains("Job mirror not found.");
        assertThat(provider.check(settings(), "hudi").detail()).contains("local disk");
        assertThat(service.calls("AWSGlue.StartJobRun")).isEmpty();
    }

    private JobRunner runner(Pace pace) {
        return new GlueRunner(AwsService.client(GlueClient.builder(), settings()), settings(), pace);
    }

    private Settings settings() {
        Map<String, String> texts = new HashMap<>(
                Map.of("job", "mirror", "jar", "s3://b/tidemark-spark.jar", "config", "s3://b/conf/tidemark.yaml"));
        texts.putAll(Map.of("worker-type", "G.2X", "workers", "7", "region", "eu-west-1", "endpoint", service.url()));
        return new Settings("spark", texts, Map.of("enable-metrics", "true"));
    }

    private static Answer run(String state, String error) {
        String message = error.isEmpty() ? "" : ",\"ErrorMessage\":\"" + error + "\"";
        return new Answer(
                200,
                "{\"JobRun\":{\"Id\":\"jr_1\",\"JobName\":\"mirror\",\"JobRunState\":\"" + state + "\"" + message
                        + "}}");
    }
}
