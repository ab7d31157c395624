package io.tidemark.cli.command;

import io.tidemark.cli.LogLevel;
import io.tidemark.cli.Prompt;
import io.tidemark.engine.check.Checks;
import io.tidemark.engine.config.ConfigReader;
import io.tidemark.engine.config.PluginSettings;
import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.engine.plugin.Plugins;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark init}. */
@Command(
        name = "init",
        header = "Ask, test the connection, and write a commented tidemark.yaml.",
        description = {
            "Asks for what the options do not say. The password is never written: the file refers to an environment variable."
                    + " A file that exists is kept unless --force is given."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tidemark init",
            "  tidemark init --yes --url postgresql://db:5432/bank --user tidemark \\",
            "      --lake ./lake --table \"public.*\""
        })
final class InitCommand extends PipelineCommand {
    private static final String URL = "url";
    private static final String USER = "user";
    private static final String PASSWORD = "password";

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Name of the pipeline; default the database's.")
    private @Nullable String pipeline;

    @Option(
            names = "--source",
            paramLabel = "TYPE",
            defaultValue = "postgres",
            description = "Kind of the source; default ${DEFAULT-VALUE}.")
    private String sourceType = "postgres";

    @Option(names = "--url", paramLabel = "URL", description = "Where the database is.")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "USER", description = "Role that connects.")
    private @Nullable String user;

    @Option(
            names = "--password-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the password, - for none; default TIDEMARK_PASSWORD.")
    private @Nullable String passwordEnv;

    @Option(names = "--lake", paramLabel = "LOCATION", description = "Folder or URI of the lake; default ./lake.")
    private @Nullable String lake;

    @Option(
            names = "--table",
            paramLabel = "PATTERN",
            description = "Tables to mirror, for example \"public.*\"; repeat for several; default \"public.*\".")
    private List<String> tables = new ArrayList<>();

    @Option(
            names = {"-y", "--yes"},
            description = "Ask nothing; take defaults.")
    private boolean yes;

    @Option(names = "--force", description = "Replace a file that exists.")
    private boolean force;

    @Option(names = "--no-check", description = "Do not test the connection.")
    private boolean noCheck;

    @Override
    public Integer call() {
        session().log(LogLevel.WARNINGS);
        Path file = session().configFile();
        if (Files.exists(file) && !force) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot write the configuration: the file exists (file=" + file + ")",
                    "Use --force to replace it, or --config for another file.",
                    null);
        }
        Plugins plugins = session().plugins();
        List<String> declared = plugins.source(sourceType).settings().stream()
                .<String>map(Setting::key)
                .toList();
        Map<String, String> environment = new HashMap<>(session().environment());
        InitFile answers = answers(declared, environment);
        write(file, answers.text(SettingsCatalog.of(PluginSettings.of(plugins))));
        List<Finding> findings = noCheck ? List.of() : check(file, plugins, environment);
        tell(file, findings);
        return FindingPrinter.exitCode(findings);
    }

    private InitFile answers(List<String> declared, Map<String, String> environment) {
        Map<String, String> source = new LinkedHashMap<>();
        if (declared.contains(URL)) {
            source.put(URL, answer(url, "Where is the database", "postgresql://localhost:5432/postgres"));
        }
        if (declared.contains(USER)) {
            source.put(USER, answer(user, "Which role connects", "postgres"));
        }
        if (declared.contains(PASSWORD)) {
            String variable =
                    answer(passwordEnv, "Which environment variable holds the password (none: -)", "TIDEMARK_PASSWORD");
            if (!variable.isEmpty() && !variable.equals("-")) {
                source.put(PASSWORD, "${env:" + variable + "}");
                // For the test of the connection only.
                prompt().filter(found -> !environment.containsKey(variable))
                        .ifPresent(found -> environment.put(variable, found.askSecret("Password, for the test")));
            }
        }
        String name = answer(pipeline, "Name of the pipeline", InitFile.pipelineName(source.getOrDefault(URL, "")));
        String location = answer(lake, "Where shall the lake be (folder or URI)", "./lake");
        List<String> patterns = tables.isEmpty()
                ? List.of(answer(null, "Which tables (pattern)", "public.*").split("\\s*,\\s*"))
                : tables;
        return new InitFile(name, sourceType, source, location, patterns);
    }

    private String answer(@Nullable String option, String question, String byDefault) {
        if (option != null) {
            return option;
        }
        return prompt().map(found -> found.ask(question, byDefault)).orElse(byDefault);
    }

    private Optional<Prompt> prompt() {
        return yes ? Optional.empty() : session().prompt();
    }

    private static void write(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot write the configuration: " + e.getClass().getSimpleName() + " (file=" + file + ")",
                    "Give this user write permission on the folder, or name another file with --config.",
                    e);
        }
    }

    private List<Finding> check(Path file, Plugins plugins, Map<String, String> environment) {
        try {
            return Checks.run(ConfigReader.read(file, plugins, environment), plugins);
        } catch (TidemarkException e) {
            return List.of(Finding.failed(e.code(), "configuration", e.reason(), e.remedy()));
        }
    }

    private void tell(Path file, List<Finding> findings) {
        if (session().isJson()) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("file", file);
            fields.put("findings", FindingPrinter.json(findings));
            printJson(fields);
            return;
        }
        print("Wrote " + file + ".");
        if (!findings.isEmpty()) {
            print("");
            FindingPrinter.print(findings, terminal().out(), terminal());
        }
        print(
                FindingPrinter.exitCode(findings) == 0
                        ? "Next: 'tidemark run' copies the tables and follows every change."
                        : "Next: do what the remedies say, then run 'tidemark check'.");
    }
}
