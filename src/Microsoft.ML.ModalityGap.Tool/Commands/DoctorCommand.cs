using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary><c>doctor</c>: says what is understood of a model folder, tries it, and warns of what looks wrong.</summary>
internal sealed class DoctorCommand : CommandBase
{
    private readonly Option<string> _model = new("--model") { Description = "The model folder, as of 'embed'.", HelpName = "folder", Required = true };

    private readonly Option<string> _image = new("--image") { Description = "The picture to try. Default: one made up.", HelpName = "file" };

    private readonly Option<string> _text = new("--text") { Description = "The text to try. Default 'a photo of a cat'.", HelpName = "text" };

    private readonly EncoderOptions _encoder = new();

    internal DoctorCommand(ToolConsole console)
        : base("doctor", "Say what is understood of a model folder and from which file, try it, and warn of what looks wrong.", console)
    {
        foreach (var option in (Option[])[_model, _image, _text])
            Options.Add(option);
        _encoder.AddTo(this);
    }

    private protected override void Run(Session session, ParseResult result)
    {
        var folder = result.GetRequiredValue(_model);
        if (!Directory.Exists(folder))
            throw new UsageException($"The model folder '{folder}' does not exist.");
        var image = result.GetValue(_image) is { } path ? ImageFile.Read(path) : null;
        var choices = _encoder.Get(result, encodesImages: true, encodesTexts: true);
        var examination = session.Track(
            "Trying the model", total: null, _ => ModelExaminer.Examine(session.ML, folder, image, result.GetValue(_text) ?? "a photo of a cat", choices));
        if (result.GetValue(Json))
            session.Console.WriteJson(ModelExaminationReport.ToJson(examination));
        else
            session.Console.WriteTables([ModelExaminationReport.ToTable(examination)]);
        foreach (var warning in examination.Warnings)
            session.AddWarning($"{warning}.");
        if (examination.Problems.Count > 0)
            throw new InvalidDataException($"'{folder}' does not work as it is. {string.Join(" ", examination.Problems)}");
    }
}
