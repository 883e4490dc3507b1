using System.Text;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The colours of figures and pages, light and dark: the one place that names them. Series are told apart by shape, dash or fill, too, so that no figure depends
/// on colour; the colours are from the palette of Okabe and Ito (2008), which colour-blind readers can tell apart, darkened or lightened to a contrast of at least 3:1.
/// </summary>
internal static class FigureStyle
{
    private static readonly (FigureRole Role, string Light, string Dark)[] _colors =
    [
        (FigureRole.Text, "#1b1f24", "#e8eaed"),
        (FigureRole.Muted, "#59636e", "#a3abb5"),
        (FigureRole.Grid, "#d9dee4", "#363c45"),
        (FigureRole.Background, "#ffffff", "#14171b"),
        (FigureRole.First, "#0072b2", "#56b4e9"),
        (FigureRole.Second, "#c65100", "#f0a35e"),
        (FigureRole.Matched, "#007e5c", "#2fc79a"),
        (FigureRole.Mismatched, "#6e7781", "#98a1ab"),
        (FigureRole.Before, "#6e7781", "#98a1ab"),
        (FigureRole.After, "#0072b2", "#56b4e9"),
    ];

    /// <summary>The class that draws a line in a role's colour.</summary>
    internal static string Stroke(FigureRole role) => $"mg-s{(int)role}";

    /// <summary>The class that fills with a role's colour.</summary>
    internal static string Fill(FigureRole role) => $"mg-f{(int)role}";

    internal static string GetColor(FigureRole role, bool isDark)
    {
        var entry = _colors.Single(color => color.Role == role);
        return isDark ? entry.Dark : entry.Light;
    }

    /// <summary>Rules for all figures of a page or for one alone; dark where the reader prefers that, light on paper.</summary>
    internal static string CreateRules()
    {
        var rules = new StringBuilder(".mg-figure{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:12px}")
            .Append(".mg-figure path,.mg-figure line{fill:none}");
        AppendRules(rules, isDark: false);
        rules.Append("@media screen and (prefers-color-scheme:dark){");
        AppendRules(rules, isDark: true);
        return rules.Append('}').ToString();
    }

    private static void AppendRules(StringBuilder rules, bool isDark)
    {
        foreach (var (role, light, dark) in _colors)
        {
            var color = isDark ? dark : light;
            rules.Append(".mg-figure .").Append(Stroke(role)).Append("{stroke:").Append(color).Append("}.mg-figure .").Append(Fill(role)).Append("{fill:").Append(color).Append('}');
        }
    }
}
