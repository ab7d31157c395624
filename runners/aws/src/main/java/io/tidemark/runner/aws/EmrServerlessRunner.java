package io.tidemark.runner.aws;

import io.tidemark.runner.aws.ServiceRun.Pace;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.job.JobRunner;
import io.tidemark.spi.job.RunningJob;
import io.tidemark.spi.job.RunningJob.JobEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.services.emrserverless.EmrServerlessClient;
import software.amazon.awssdk.services.emrserverless.model.JobRun;

/** Starts job runs of an application of EMR Serverless. Free-form pairs of the section are Spark's own properties. */
final class EmrServerlessRunner implements JobRunner {
    static final String SERVICE = "EMR Serverless";

    private final EmrServerlessClient client;
    private final Settings settings;
    private final Pace pace;
    private final String application;

    EmrServerlessRunner(EmrServerlessClient client, Settings settings, Pace pace) {
        this.client = client;
        this.settings = settings;
        this.pace = pace;
        this.application = settings.value(EmrServerlessRunnerProvider.APPLICATION);
    }

    @Override
    public RunningJob start(String name, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("--config", AwsService.configName(settings)));
        all.addAll(arguments);
        // The same start, sent again by the SDK, is one run.
        String token = UUID.randomUUID().toString();
        String run = AwsService.started(
                SERVICE,
                () -> client.startJobRun(start -> start.applicationId(application)
                                .clientToken(token)
                                .executionRoleArn(settings.value(EmrServerlessRunnerProvider.ROLE))
                                .name(name)
                                .jobDriver(driver -> driver.sparkSubmit(
                                        submit -> submit.entryPoint(settings.value(EmrServerlessRunnerProvider.JAR))
                                                .entryPointArguments(all)
                                                .sparkSubmitParameters(parameters()))))
                        .jobRunId());
        return new ServiceRun(
                application + "/" + run,
                () -> end(client.getJobRun(get -> get.applicationId(application).jobRunId(run))
                        .jobRun()),
                () -> client.cancelJobRun(
                        cancel -> cancel.applicationId(application).jobRunId(run)),
                pace);
    }

    /** One text, which the service takes apart at blanks. */
    private String parameters() {
        StringBuilder parameters = new StringBuilder("--class ")
                .append(MAIN_CLASS)
                .append(" --files ")
                .append(settings.value(AwsService.CONFIG));
        settings.properties()
                .forEach((key, value) -> parameters.append(" --conf ").append(quoted(key + "=" + value)));
        return parameters.toString();
    }

    private static String quoted(String pair) {
        return pair.indexOf(' ') < 0 ? pair : '"' + pair.replace("\"", "\\\"") + '"';
    }

    private static Optional<JobEnd> end(JobRun run) {
        return switch (run.state()) {
            case SUCCESS -> Optional.of(new JobEnd(true, detail(run)));
            case FAILED, CANCELLED -> Optional.of(new JobEnd(false, detail(run)));
            default -> Optional.empty();
        };
    }

    private static String detail(JobRun run) {
        return "application=" + run.applicationId() + ", run=" + run.jobRunId() + ", state=" + run.stateAsString()
                + (run.stateDetails() == null || run.stateDetails().isEmpty() ? "" : ", details=" + run.stateDetails());
    }

    @Override
    public void close() {
        client.close();
    }
}
