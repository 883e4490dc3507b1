namespace Microsoft.ML.ModalityGap;

/// <summary>The look of the page around the figures; colours come from <see cref="FigureStyle"/>.</summary>
internal static class PageStyle
{
    private const string Rules = """
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:68rem;background:var(--back);color:var(--text);font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
        h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem}
        h2{font-size:1.25rem;margin:0 0 .75rem}
        h3{font-size:1rem;margin:1.5rem 0 .5rem}
        p,dd,figcaption{max-width:46rem}
        p{margin:0 0 .75rem}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
        .skip{position:absolute;left:-100vw;background:var(--back);padding:.5rem 1rem}
        .skip:focus{left:1rem;top:.5rem}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        nav ul,.legend{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
        nav{font-size:.875rem}
        section{border-top:1px solid var(--grid);margin-top:2rem;padding-top:1.5rem}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:0 0 1.25rem}
        .tiles>div{border:1px solid var(--grid);border-radius:.5rem;padding:.75rem .875rem}
        .tiles dt{font-size:.875rem;color:var(--muted)}
        .tiles dd{margin:0;font-size:1rem;font-variant-numeric:tabular-nums}
        .tiles dd>span,.tiles strong{white-space:nowrap}
        .tiles strong{font-size:1.25rem}
        .tiles small{display:block;font-size:.8125rem;color:var(--muted)}
        .was{color:var(--muted)}
        .arrow{margin:0 .35em;color:var(--muted)}
        figure{margin:0}
        .legend{font-size:.875rem;margin-bottom:.5rem}
        .legend li{display:flex;align-items:center;gap:.375rem}
        .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem 2rem;align-items:start}
        .panels svg{width:100%;height:auto;max-width:36rem}
        figcaption{color:var(--muted);font-size:.9375rem;margin-top:.75rem}
        details{margin-top:.75rem}
        summary{cursor:pointer;font-size:.9375rem;color:var(--link)}
        .scroll{overflow-x:auto;margin:.5rem 0}
        table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--muted);padding-bottom:.375rem}
        th,td{padding:.25rem .875rem .25rem 0;border-bottom:1px solid var(--grid);text-align:right;white-space:nowrap}
        th{font-weight:600}
        tbody th{font-weight:400}
        th:first-child{text-align:left}
        .terms dt{font-weight:600;margin-top:.625rem}
        .terms dd{margin:0;overflow-wrap:anywhere}
        @media (max-width:30rem){body{padding-top:1rem}th,td{padding-right:.5rem;font-size:.8125rem}}
        @media print{body{font-size:10pt;max-width:none;padding:0}nav,.skip{display:none}figure,table,.tiles>div{break-inside:avoid}h2,h3{break-after:avoid}.panels{grid-template-columns:1fr 1fr}details::details-content{content-visibility:visible;block-size:auto}.scroll{overflow:visible}th,td{white-space:normal;font-size:8pt;padding-right:.5rem}}
        """;

    internal static string CreateRules() =>
        $":root{{color-scheme:light dark;{CreateVariables(isDark: false)}}}@media screen and (prefers-color-scheme:dark){{:root{{{CreateVariables(isDark: true)}}}}}"
        + Rules.ReplaceLineEndings("") + FigureStyle.CreateRules();

    private static string CreateVariables(bool isDark)
    {
        string Color(FigureRole role) => FigureStyle.GetColor(role, isDark);
        return $"--back:{Color(FigureRole.Background)};--text:{Color(FigureRole.Text)};--muted:{Color(FigureRole.Muted)};--grid:{Color(FigureRole.Grid)};--link:{Color(FigureRole.After)}";
    }
}
