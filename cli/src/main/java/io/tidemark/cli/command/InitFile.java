package io.tidemark.cli.command;

import io.tidemark.cli.output.JsonText;
import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.spi.config.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The text of a first configuration file: what was answered, and every other setting as a comment with its default.
 *
 * @param pipeline name of the pipeline
 * @param sourceType type of the source
 * @param source written settings of the source, by key; secrets as references
 * @param lake root of the lake
 * @param tables patterns of tables to mirror
 */
record InitFile(String pipeline, String sourceType, Map<String, String> source, String lake, List<String> tables) {
    private static final int COMMENT_WIDTH = 100;

    InitFile {
        source = Map.copyOf(source);
        tables = List.copyOf(tables);
    }

    /** A name for the pipeline made from the database's. */
    static String pipelineName(String url) {
        String path = url.replaceFirst("[?#].*$", "");
        String database = path.substring(path.lastIndexOf('/') + 1);
        String name =
                database.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_").replaceFirst("^[^a-z]+", "");
        return name.isEmpty() ? "pipeline" : name.substring(0, Math.min(40, name.length()));
    }

    String text(SettingsCatalog catalog) {
        StringBuilder text = new StringBuilder();
        text.append("# Keeps a lake equal to a database. 'tidemark check' tests this file, 'tidemark run' starts.\n");
        text.append(
                "# Secrets stand elsewhere: ${env:NAME}, ${file:PATH} or ${aws-secret:NAME}. Unknown settings are errors.\n\n");
        text.append("pipeline: ").append(pipeline).append("\n\n");
        text.append("source:\n  type: ").append(sourceType).append('\n');
        for (Setting<?> setting : settings(catalog, "source", sourceType)) {
            String written = source.get(setting.key());
            if (setting.key().equals("type")) {
                continue;
            }
            comment(text, "  ", setting.description());
            if (written == null) {
                commentedOut(text, "  ", setting);
            } else {
                text.append("  ")
                        .append(setting.key())
                        .append(": ")
                        .append(quoted(written))
                        .append('\n');
            }
        }
        text.append("\nlake:\n");
        for (Setting<?> setting : settings(catalog, "lake", "iceberg")) {
            comment(text, "  ", setting.description());
            if (setting.key().equals("location")) {
                text.append("  location: ").append(quoted(lake)).append('\n');
            } else {
                commentedOut(text, "  ", setting);
            }
        }
        text.append("\n# Which tables: the first rule that matches decides; a table that none matches is left out.\n");
        text.append("tables:\n");
        for (Setting<?> setting : settings(catalog, "tables", "")) {
            comment(text, "  ", setting.key() + ": " + setting.description());
        }
        tables.forEach(
                pattern -> text.append("  - include: ").append(quoted(pattern)).append('\n'));
        defaults(text, "slices", settings(catalog, "slices", ""));
        defaults(text, "limits", settings(catalog, "limits", ""));
        text.append(
                "\n# The metadata store is a SQLite file in the state folder unless a section metadata says otherwise;\n");
        text.append("# 'tidemark settings metadata' tells how.\n");
        text.append("#state: ./.tidemark\n");
        return text.toString();
    }

    private static List<Setting<?>> settings(SettingsCatalog catalog, String section, String type) {
        return catalog.sections().stream()
                .filter(found -> found.key().equals(section)
                        && (found.type().equals(type) || found.type().isEmpty()))
                .findFirst()
                .map(SettingsCatalog.Section::settings)
                .orElse(List.of());
    }

    private static void defaults(StringBuilder text, String section, List<Setting<?>> settings) {
        text.append("\n#").append(section).append(":\n");
        for (Setting<?> setting : settings) {
            comment(text, "", "  " + setting.description());
            commentedOut(text, "", setting, "  ");
        }
    }

    private static void commentedOut(StringBuilder text, String indent, Setting<?> setting) {
        commentedOut(text, indent, setting, "");
    }

    private static void commentedOut(StringBuilder text, String indent, Setting<?> setting, String inside) {
        String byDefault = setting.defaultText() == null ? "" : " " + setting.defaultText();
        text.append(indent)
                .append('#')
                .append(inside)
                .append(setting.key())
                .append(':')
                .append(byDefault)
                .append('\n');
    }

    private static void comment(StringBuilder text, String indent, String words) {
        StringBuilder line = new StringBuilder();
        String start = indent + "# " + (words.startsWith("  ") ? "  " : "");
        for (String word : words.trim().split(" ")) {
            if (!line.isEmpty() && start.length() + line.length() + 1 + word.length() > COMMENT_WIDTH) {
                text.append(start).append(line).append('\n');
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        text.append(start).append(line).append('\n');
    }

    /** A JSON string is a YAML string. */
    private static String quoted(String value) {
        return JsonText.line(value);
    }
}
