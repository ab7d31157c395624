package io.tidemark.cli.steer;

import io.tidemark.cli.command.PipelineCommand;
import io.tidemark.cli.view.StatusJson;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.steer.MetadataRebuild;
import io.tidemark.engine.steer.MetadataRebuild.Result;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark rebuild-metadata}. */
@Command(
        name = "rebuild-metadata",
        header = "Fill a metadata store that was lost from what the lake holds.",
        description = {
            "For a pipeline that is stopped and whose metadata store is empty. Tables go on where their mirrors stand when mirror, slice log and"
                    + " source join without a gap; others are loaded again by the next 'tidemark run', and the reason is told. Cuts from before"
                    + " are not known any more. Run 'tidemark verify' afterwards: it proves the result."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark rebuild-metadata", "  tidemark rebuild-metadata --missing"})
final class RebuildMetadataCommand extends PipelineCommand {
    @Option(
            names = "--missing",
            description =
                    "Put in only the tables that the store does not have, and leave the others as they are there.")
    private boolean missing;

    @Override
    public Integer call() {
        try (Pipeline pipeline = open()) {
            List<Result> results = new MetadataRebuild(pipeline)
                    .rebuild(missing ? MetadataRebuild.Tables.MISSING : MetadataRebuild.Tables.ALL);
            if (session().isJson()) {
                printJson(results.stream().map(RebuildMetadataCommand::json).toList());
                return 0;
            }
            for (Result result : results) {
                print(result.table() + ": " + result.state().label()
                        + result.loadedAgain()
                                .map(reason -> ", is loaded again: " + reason)
                                .orElse(""));
            }
            print(
                    results.isEmpty()
                            ? "The lake has no copy of a table that the store lacks; tables are loaded as those of a new pipeline."
                            : "Start 'tidemark run', then prove the result with 'tidemark verify'.");
        }
        return 0;
    }

    private static Map<String, @Nullable Object> json(Result result) {
        Map<String, @Nullable Object> fields = StatusJson.table(result.table());
        fields.put("state", result.state().label());
        fields.put("loadedAgain", result.loadedAgain().orElse(null));
        return fields;
    }
}
