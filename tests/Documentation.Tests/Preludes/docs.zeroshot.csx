// as in samples/ZeroShot, whose code the document shows
var ml = new MLContext(seed: 1);
var mlContext = ml;
var pairs = World.Embed(ml);
var folder = "clip-vit-base-patch32";
var _classes = World.Shapes;
var _sceneTemplates = new PromptTemplates("a {}", "a drawing of a {}");
var center = ml.Transforms.CenterModalities("Image", "Text").Fit(pairs);
var text = ml.Transforms.EmbedClipText("Text", "Prompt", folder);
var encoder = ml.ModalityGap().CreatePromptEncoder(ml.Transforms.EmbedClipText("Text", "Prompt", folder));
var (raw, maps) = (new ClassifyZeroShotOptions(), new ClassifyZeroShotOptions());
var (test, fit, data, calibration) = (pairs, pairs, pairs, pairs);
var colors = World.Colors;
var templates = PromptTemplates.NameOnly;
var classes = ZeroShotClasses.FromPrompts(_classes, PromptTemplates.NameOnly, encoder);
var classifier = ml.Transforms.ClassifyZeroShot("Image", classes).Fit(pairs);
var weight = 0.3f;
var scored = ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { ScoreColumnName = "ClipS" })
    .Append(ml.Transforms.ScoreCaptions("Image", "Text", new ScoreCaptionsOptions { ImageMap = center.GetModality("Image").Map, TextMap = center.GetModality("Text").Map, ScoreColumnName = "I0TS" }))
    .Fit(pairs).Transform(pairs);
