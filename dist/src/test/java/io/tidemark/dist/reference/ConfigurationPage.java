package io.tidemark.dist.reference;

import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.spi.config.Setting;

/** {@code docs/reference/configuration.md}. */
final class ConfigurationPage {
    private static final String INTRODUCTION = """
            # Configuration

            <!-- Generated from the declarations of the settings; see CONTRIBUTING.md. -->

            One YAML file, `tidemark.yaml` in the current folder unless `--config` names another. Unknown settings, wrong
            types and missing values are errors, all told in one report with their lines; nothing is corrected silently.
            `tidemark init` writes a first file, `tidemark check` tests one, `tidemark settings` shows this page in the
            terminal.

            ```yaml
            pipeline: bank
            source:
              type: postgres
              url: postgresql://localhost:5432/bank
              user: tidemark
              password: ${env:BANK_PASSWORD}
            lake:
              location: ./lake
            tables:
              - exclude: public.audit_*
              - include: public.transactions
                partition: [day(create_at)]
                delete: soft
                columns: {amount: string}
                where: "region in ('EU', 'UK') and amount > 0"
                omit: [card_number]
                add: {origin: "'bank'", changed_at: $commit-time}
              - include: public.*
            transformations:
              - {table: public.*, add-prefix: raw_}
              - {column: public.transactions.create_at, rename: created_at}
            slices: {interval: 10s, keep: 7d}
            ```

            **Secrets** stand elsewhere: `${env:NAME}` is the environment variable, `${file:PATH}` the content of a file
            without its last line end; a relative path is relative to the configuration file. `${aws-secret:NAME}` is a secret
            of AWS Secrets Manager, by name or ARN, and `${aws-secret:NAME#KEY}` the value of a key of one that is JSON, as
            those of RDS are (`#username`, `#password`); credentials and region come by the AWS SDK's default chain.
            References work inside any value except table rules. `$${` is a literal `${`. Values of references are never printed.

            **Durations** are written `500ms`, `10s`, `5m`, `24h`, `7d`; **sizes** `64KiB`, `256MiB`, `10GiB` (powers of 1024)
            or `1KB`, `1MB`, `1GB` (powers of 1000).

            **Tables**: the first rule that matches a table decides; a table that no rule matches is left out; without rules all
            tables are mirrored. A rule that can never apply because an earlier one matches all of its tables is an error.

            **Transformations** change the names that mirrors and their columns have in the lake. An entry has one of schema,
            table and column, and one thing to do; entries that match apply one after the other, each to the name that those
            before it left. `partition` names columns of the mirror; everything else names those of the source. Rows, columns and
            names are explained in [the guide](../guides/rows-columns-names.md).

            **Properties**: the sections of plug-ins take free-form `properties:`, a mapping of dotted names to texts that is
            handed to the library behind the plug-in as it is.
            """;

    private ConfigurationPage() {}

    static String text(SettingsCatalog catalog) {
        StringBuilder text = new StringBuilder(INTRODUCTION);
        for (SettingsCatalog.Section section : catalog.sections()) {
            text.append("\n## ").append(title(section)).append("\n\n");
            text.append("| setting | type | default | meaning |\n| --- | --- | --- | --- |\n");
            section.settings().forEach(setting -> text.append(row(setting)));
        }
        return text.toString();
    }

    private static String title(SettingsCatalog.Section section) {
        if (section.key().isEmpty()) {
            return "Top of the file";
        }
        return "`" + section.key() + "`"
                + (section.type().isEmpty() ? "" : " of type `" + section.type() + "`")
                + switch (section.key()) {
                    case "tables" -> " (each rule of the list)";
                    case "transformations" -> " (each entry of the list)";
                    default -> "";
                };
    }

    private static String row(Setting<?> setting) {
        String byDefault = setting.defaultText() != null
                ? Markdown.code(setting.defaultText())
                : setting.isRequired() ? "required" : "";
        return "| `" + setting.key() + "` | " + Markdown.cell(setting.kind()) + (setting.secret() ? ", secret" : "")
                + " | " + byDefault + " | " + Markdown.cell(setting.description()) + " |\n";
    }
}
