package io.tidemark.runner.aws;

import io.tidemark.runner.aws.ServiceRun.Pace;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.RunningJob;
import io.tidemark.spi.job.RunningJob.JobEnd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.GetJobRunResponse;
import software.amazon.awssdk.services.glue.model.JobRun;
import software.amazon.awssdk.services.glue.model.StartJobRunRequest;

/** Starts runs of a job of AWS Glue. Free-form pairs of the section are arguments of the run, as Glue spells them, without the dashes. */
final class GlueRunner implements JobRunner {
    static final String SERVICE = "AWS Glue";

    private final GlueClient client;
    private final Settings settings;
    private final Pace pace;
    private final String job;

    GlueRunner(GlueClient client, Settings settings, Pace pace) {
        this.client = client;
        this.settings = settings;
        this.pace = pace;
        this.job = settings.value(GlueRunnerProvider.JOB);
    }

    @Override
    public RunningJob start(String name, List<String> arguments) {
        StartJobRunRequest.Builder request =
                StartJobRunRequest.builder().jobName(job).arguments(arguments(arguments));
        settings.find(GlueRunnerProvider.WORKER_TYPE).ifPresent(request::workerType);
        settings.find(GlueRunnerProvider.WORKERS).ifPresent(request::numberOfWorkers);
        String run = AwsService.started(
                SERVICE, () -> client.startJobRun(request.build()).jobRunId());
        return new ServiceRun(
                job + "/" + run,
                () -> end(client.getJobRun(get -> get.jobName(job).runId(run))),
                () -> client.batchStopJobRun(stop -> stop.jobName(job).jobRunIds(run)),
                pace);
    }

    /** Glue passes arguments by name. */
    private Map<String, String> arguments(List<String> given) {
        Map<String, String> arguments = new HashMap<>();
        settings.properties().forEach((key, value) -> arguments.put("--" + key, value));
        arguments.put("--class", MAIN_CLASS);
        arguments.put("--extra-jars", settings.value(GlueRunnerProvider.JAR));
        arguments.put("--extra-files", settings.value(AwsService.CONFIG));
        arguments.put("--config", AwsService.configName(settings));
        for (int i = 0; i < given.size(); i += 2) {
            arguments.put(given.get(i), given.get(i + 1));
        }
        return arguments;
    }

    private static Optional<JobEnd> end(GetJobRunResponse response) {
        JobRun run = response.jobRun();
        return switch (run.jobRunState()) {
            case SUCCEEDED -> Optional.of(new JobEnd(true, detail(run)));
            case FAILED, ERROR, TIMEOUT, STOPPED, EXPIRED -> Optional.of(new JobEnd(false, detail(run)));
            default -> Optional.empty();
        };
    }

    private static String detail(JobRun run) {
        return "job=" + run.jobName() + ", run=" + run.id() + ", state=" + run.jobRunStateAsString()
                + (run.errorMessage() == null ? "" : ", error=" + run.errorMessage());
    }

    @Override
    public void close() {
        client.close();
    }
}
