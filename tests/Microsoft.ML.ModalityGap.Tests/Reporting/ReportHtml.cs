using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Microsoft.ML.ModalityGap.Tests.Reporting;

/// <summary>A page taken apart by a parser that forgives nothing: all of it must be well-formed once the elements without an end are closed.</summary>
internal sealed partial class ReportHtml
{
    internal ReportHtml(string html)
    {
        Text = html;
        Root = XDocument.Parse(VoidElement().Replace(html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), "$1/>")).Root!;
    }

    internal string Text { get; }

    internal XElement Root { get; }

    internal IEnumerable<XElement> All(string name) => Root.Descendants().Where(element => element.Name.LocalName == name);

    internal XElement WithId(string id) => Root.Descendants().Single(element => (string?)element.Attribute("id") == id);

    [GeneratedRegex("(<(?:meta|br|link|img)\\b[^>]*)>")]
    private static partial Regex VoidElement();
}
