package io.tidemark.cli.command;

import io.tidemark.cli.output.TextTable;
import io.tidemark.engine.config.PluginSettings;
import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark settings}. */
@Command(
        name = "settings",
        header = "List every setting of tidemark.yaml, with type, default and meaning.",
        description = {"Shows the settings of Tidemark and of the installed plug-ins."},
        footerHeading = "%nExamples:%n",
        footer = {"  tidemark settings", "  tidemark settings slices"})
final class SettingsCommand extends PipelineCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "SECTION",
            description = "Only this section, for example source, slices or limits.")
    private @Nullable String section;

    @Override
    public Integer call() {
        List<SettingsCatalog.Section> sections =
                SettingsCatalog.of(PluginSettings.of(session().plugins())).sections().stream()
                        .filter(found -> section == null || found.key().equals(section))
                        .toList();
        if (sections.isEmpty()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot show settings: there is no such section (section=" + section + ")",
                    "See 'tidemark settings' for all.",
                    null);
        }
        if (session().isJson()) {
            printJson(sections.stream().map(SettingsCommand::json).toList());
            return 0;
        }
        boolean first = true;
        for (SettingsCatalog.Section found : sections) {
            print((first ? "" : System.lineSeparator()) + found.title());
            print(found);
            first = false;
        }
        return 0;
    }

    private void print(SettingsCatalog.Section found) {
        TextTable table = new TextTable().column("SETTING").column("TYPE").column("DEFAULT");
        for (Setting<?> setting : found.settings()) {
            table.row(setting.key(), setting.kind(), byDefault(setting));
        }
        // The description stands on its own line: cut to a column it would say nothing.
        List<String> lines = new ArrayList<>(table.lines(terminal()));
        print("  " + lines.get(0));
        for (int i = 0; i < found.settings().size(); i++) {
            print("  " + lines.get(i + 1));
            print("      " + found.settings().get(i).description());
        }
    }

    private static String byDefault(Setting<?> setting) {
        return setting.defaultText() != null ? setting.defaultText() : setting.isRequired() ? "(required)" : "";
    }

    private static Map<String, @Nullable Object> json(SettingsCatalog.Section found) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("section", found.key());
        fields.put("type", found.type().isEmpty() ? null : found.type());
        fields.put(
                "settings",
                found.settings().stream()
                        .map(setting -> {
                            Map<String, @Nullable Object> inner = new LinkedHashMap<>();
                            inner.put("key", setting.key());
                            inner.put("kind", setting.kind());
                            inner.put("default", setting.defaultText());
                            inner.put("required", setting.isRequired());
                            inner.put("secret", setting.secret());
                            inner.put("description", setting.description());
                            return inner;
                        })
                        .toList());
        return fields;
    }
}
