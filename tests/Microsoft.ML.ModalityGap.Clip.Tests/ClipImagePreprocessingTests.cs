namespace Microsoft.ML.ModalityGap.Tests.Clip;

[TestClass]
public sealed class ClipImagePreprocessingTests
{
    [TestMethod]
    public void Size_WhenChanged_TakesCropWithIt()
    {
        var preprocessing = ClipImagePreprocessing.OpenAIClip with { Size = 336 };
        Assert.AreEqual((336, 336), (preprocessing.Width, preprocessing.Height));
        Assert.AreEqual(3 * 336 * 336, preprocessing.OutputLength);
        Assert.AreEqual(224, ClipImagePreprocessing.OpenAIClip.Size);
    }

    [TestMethod]
    public void Equals_OfSameSettings_IsTrue()
    {
        Assert.AreEqual(ClipImagePreprocessing.OpenAIClip, ClipImagePreprocessing.OpenClip);
        Assert.AreNotEqual(ClipImagePreprocessing.OpenAIClip, ClipImagePreprocessing.SigLip);
        Assert.AreEqual(ClipImagePreprocessing.SigLip, ClipImagePreprocessing.SigLip with { Mean = new RgbValues(0.5f, 0.5f, 0.5f) });
    }

    [TestMethod]
    public void ForInput_WithResizeBeyondCrop_KeepsProportion()
    {
        var preprocessing = new ClipImagePreprocessing { Size = 256, Width = 224, Height = 224 };
        Assert.AreEqual(preprocessing with { Size = 384, Width = 336, Height = 336 }, preprocessing.ForInput(336, 336));
        var wide = ClipImagePreprocessing.OpenAIClip.ForInput(320, 240);
        Assert.AreEqual((240, 320, 240), (wide.Size, wide.Width, wide.Height));
    }

    [TestMethod]
    public void Setters_WithInvalidValues_NameParameter()
    {
        (string Parameter, Action Set)[] cases =
        [
            ("Size", () => _ = new ClipImagePreprocessing { Size = 0 }),
            ("Width", () => _ = new ClipImagePreprocessing { Width = -1 }),
            ("Height", () => _ = new ClipImagePreprocessing { Height = 8193 }),
            ("ResizeMode", () => _ = new ClipImagePreprocessing { ResizeMode = (ClipResizeMode)9 }),
            ("Resampling", () => _ = new ClipImagePreprocessing { Resampling = (ClipResampling)9 }),
            ("CropRounding", () => _ = new ClipImagePreprocessing { CropRounding = (ClipCropRounding)9 }),
            ("RescaleFactor", () => _ = new ClipImagePreprocessing { RescaleFactor = double.NaN }),
            ("Mean", () => _ = new ClipImagePreprocessing { Mean = new RgbValues(0, float.NaN, 0) }),
            ("StandardDeviation", () => _ = new ClipImagePreprocessing { StandardDeviation = new RgbValues(1, 1, 0) }),
            ("MaximumPixels", () => _ = new PreprocessClipImagesOptions { MaximumPixels = 0 }),
            ("UnusableRows", () => _ = new PreprocessClipImagesOptions { UnusableRows = (UnusableRows)9 }),
            ("width", () => ClipImagePreprocessing.OpenAIClip.ForInput(0, 1)),
        ];
        foreach (var (parameter, set) in cases)
            Assert.AreEqual(parameter, Assert.ThrowsExactly<ArgumentOutOfRangeException>(set, parameter).ParamName);
    }

    [TestMethod]
    [DataRow(
        """{"crop_size":224,"do_center_crop":true,"do_normalize":true,"do_resize":true,"feature_extractor_type":"CLIPFeatureExtractor","image_mean":[0.48145466,0.4578275,0.40821073],"image_std":[0.26862954,0.26130258,0.27577711],"resample":3,"size":224}""",
        "OpenAIClip")]
    [DataRow(
        """{"crop_size":{"height":224,"width":224},"do_center_crop":true,"do_convert_rgb":true,"do_rescale":true,"rescale_factor":0.00392156862745098,"resample":3,"size":{"shortest_edge":224}}""",
        "OpenAIClip")]
    [DataRow(
        """{"do_normalize":true,"do_rescale":true,"do_resize":true,"image_mean":[0.5,0.5,0.5],"image_processor_type":"SiglipImageProcessor","image_std":[0.5,0.5,0.5],"resample":3,"rescale_factor":0.00392156862745098,"size":{"height":224,"width":224}}""",
        "SigLip")]
    [DataRow(
        """{"do_center_crop":true,"crop_size":{"height":256,"width":256},"size":{"shortest_edge":256},"resample":2,"do_normalize":false}""",
        "MobileClip")]
    [DataRow("""{"do_normalize":true}""", "OpenAIClip")]
    [DataRow("""{"size":224}""", "SquashedClip")]
    public void FromPreprocessorConfig_OfKnownModels_EqualsPreset(string json, string preset)
    {
        var expected = preset switch
        {
            "SigLip" => ClipImagePreprocessing.SigLip with { Width = 224, Height = 224 },
            "MobileClip" => ClipImagePreprocessing.MobileClip with { Width = 256, Height = 256 },
            "SquashedClip" => ClipImagePreprocessing.OpenAIClip with { ResizeMode = ClipResizeMode.Squash },
            _ => ClipImagePreprocessing.OpenAIClip with { Width = 224, Height = 224 },
        };
        Assert.AreEqual(expected with { CropRounding = ClipCropRounding.Down }, Read(json));
    }

    /// <summary>What transformers' constructors have where the file says nothing.</summary>
    [TestMethod]
    [DataRow("""{"feature_extractor_type":"CLIPFeatureExtractor","size":224}""", "ShortestEdge 224, 224 x 224, Bicubic", false)]
    [DataRow("""{"image_processor_type":"CLIPImageProcessor","size":256}""", "ShortestEdge 256, 224 x 224, Bicubic", false)]
    [DataRow("""{"image_processor_type":"ChineseCLIPImageProcessor","size":240,"crop_size":240}""", "ShortestEdge 240, 240 x 240, Bicubic", false)]
    [DataRow("""{"image_processor_type":"SiglipImageProcessor","size":256}""", "Squash 256, 256 x 256, Bicubic", true)]
    [DataRow("""{"image_processor_type":"SiglipImageProcessor","do_resize":true}""", "Squash 224, 224 x 224, Bicubic", true)]
    [DataRow("""{"image_processor_type":"ViTImageProcessor","size":[96,64]}""", "Squash 64, 64 x 96, Bilinear", true)]
    [DataRow("""{"size":[96,64]}""", "Squash 64, 64 x 96, Bicubic", false)]
    public void FromPreprocessorConfig_WithFieldsMissing_HasTheDefaultsOfItsKind(string json, string expected, bool halves)
    {
        var actual = Read(json);
        Assert.AreEqual(expected, $"{actual.ResizeMode} {actual.Size}, {actual.Width} x {actual.Height}, {actual.Resampling}");
        Assert.AreEqual(halves ? new RgbValues(0.5f) : ClipImagePreprocessing.OpenAIClip.Mean, actual.Mean);
        Assert.AreEqual(halves ? new RgbValues(0.5f) : ClipImagePreprocessing.OpenAIClip.StandardDeviation, actual.StandardDeviation);
    }

    [TestMethod]
    public void FromPreprocessorConfig_WithEveryPartChanged_FollowsIt()
    {
        var actual = Read("""{"size":{"longest_edge":40},"crop_size":{"height":30,"width":20},"do_center_crop":true,"do_rescale":false,"image_mean":[1,2,3],"image_std":4,"resample":2}""");
        Assert.AreEqual(
            new ClipImagePreprocessing
            {
                Size = 40, Width = 20, Height = 30, ResizeMode = ClipResizeMode.LongestEdge, Resampling = ClipResampling.Bilinear, CropRounding = ClipCropRounding.Down,
                RescaleFactor = 1, Mean = new RgbValues(1, 2, 3), StandardDeviation = new RgbValues(4),
            },
            actual);
        Assert.AreEqual(ClipResizeMode.None, Read("""{"do_resize":false,"crop_size":32}""").ResizeMode);
    }

    [TestMethod]
    [DataRow("jina-published-fields.json")]
    [DataRow("jina-like.json")]
    [DataRow("processor_config.json")]
    [DataRow("open_clip_config.json")]
    public void FromPreprocessorConfig_OfSharedFaults_FollowsFields(string name)
    {
        var half = new ClipImagePreprocessing
        {
            Size = 64, Width = 64, Height = 64, ResizeMode = ClipResizeMode.Squash, Resampling = ClipResampling.Bilinear, Mean = new RgbValues(0.5f), StandardDeviation = new RgbValues(0.5f),
        };
        var expected = name switch
        {
            "jina-published-fields.json" => ClipImagePreprocessing.OpenAIClip with { Size = 512, Width = 512, Height = 512 },
            "jina-like.json" => half with { ResizeMode = ClipResizeMode.ShortestEdge, StandardDeviation = new RgbValues(0.25f) },
            _ => half,
        };
        Assert.AreEqual(expected, ClipImagePreprocessing.FromPreprocessorConfig(SharedData.GetPath("..", "faults", "configs", name)));
    }

    [TestMethod]
    [DataRow("""{"preprocess_cfg":{"size":256,"mean":[0,0,0],"std":[1,1,1],"interpolation":"bilinear","resize_mode":"shortest","mode":"RGB","fill_color":0}}""", 256, 256, "ShortestEdge", "Bilinear")]
    [DataRow("""{"model_cfg":{"vision_cfg":{"image_size":320}},"preprocess_cfg":{"mean":[0,0,0],"std":[1,1,1],"resize_mode":"longest"}}""", 320, 320, "LongestEdge", "Bicubic")]
    [DataRow("""{"preprocess_cfg":{"size":[60,40],"mean":0,"std":1,"interpolation":"random","resize_mode":"squash"}}""", 40, 60, "Squash", "Bicubic")]
    [DataRow("""{"size":{"height":48,"width":48},"mean":[0,0,0],"std":[1,1,1],"interpolation":2}""", 48, 48, "ShortestEdge", "Bilinear")]
    [DataRow("""{"size":{"shortest_edge":48},"resize_mode":"squash","do_normalize":false}""", 48, 48, "Squash", "Bicubic")]
    public void FromPreprocessorConfig_InOpenClipsWords_FollowsThem(string json, int width, int height, string mode, string resampling) => Assert.AreEqual(
        new ClipImagePreprocessing
        {
            Size = Math.Min(width, height), Width = width, Height = height, ResizeMode = Enum.Parse<ClipResizeMode>(mode), Resampling = Enum.Parse<ClipResampling>(resampling),
            Mean = new RgbValues(0), StandardDeviation = new RgbValues(1), CropRounding = ClipCropRounding.HalfToEven,
        },
        Read(json));

    [TestMethod]
    [DataRow("""{"size":{"shortest_edge":224},"crop_size":224,"image_processor_type":"CLIPImageProcessor"}""", "Down")]
    [DataRow("""{"size":{"shortest_edge":224},"crop_size":224,"image_processor_type":"CLIPImageProcessorFast"}""", "HalfToEven")]
    [DataRow("""{"image_processor":{"size":{"shortest_edge":224},"crop_size":224,"image_processor_type":"CLIPImageProcessor"},"processor_class":"CLIPProcessor"}""", "HalfToEven")]
    [DataRow("""{"image_processor":{"size":{"shortest_edge":224},"crop_size":224,"image_processor_type":"CLIPImageProcessorPil"}}""", "Down")]
    public void FromPreprocessorConfig_OfEachKindOfProcessor_RoundsCropsAsItDoes(string json, string rounding) =>
        Assert.AreEqual(ClipImagePreprocessing.OpenAIClip with { Width = 224, Height = 224, CropRounding = Enum.Parse<ClipCropRounding>(rounding) }, Read(json));

    [TestMethod]
    [DataRow("[1]", "object")]
    [DataRow("{}", "no fields, but none of the fields expected: 'do_resize', 'size'")]
    [DataRow("""{"processor_class":"CLIPProcessor"}""", "'processor_class', but none")]
    [DataRow("""{"model_cfg":{"embed_dim":512}}""", "'preprocess_cfg'")]
    [DataRow("""{"image_processor":{"image_processor_type":"SiglipImageProcessor"}}""", "'image_processor' has 'image_processor_type', but none")]
    [DataRow("""{"preprocess_cfg":{}}""", "'preprocess_cfg' has no fields")]
    [DataRow("""{"size":null}""", "none of the fields")]
    [DataRow("""{"do_resize":true,"image_mean":[0,0,0],"max_num_patches":256,"patch_size":16}""", "'max_num_patches'")]
    [DataRow("""{"size":224,"do_flip_channel_order":true}""", "'do_flip_channel_order'")]
    [DataRow("""{"size":64,"resize_mode":"crop"}""", "'resize_mode' is \"crop\"")]
    [DataRow("""{"size":[64,32],"resize_mode":"shortest"}""", "squares")]
    [DataRow("""{"size":64,"resize_mode":"longest","fill_color":255}""", "'fill_color'")]
    [DataRow("""{"size":64,"mean":[0,0,0],"interpolation":"lanczos"}""", "'interpolation' is \"lanczos\"")]
    [DataRow("""{"size":"64","mean":[0,0,0]}""", "'size' is \"64\"")]
    [DataRow("""{"size":64,"std":[0,1,1]}""", "StandardDeviation")]
    [DataRow("{", "")]
    [DataRow("""{"resample":1}""", "'resample' is 1")]
    [DataRow("""{"size":"large"}""", "'size' is \"large\"")]
    [DataRow("""{"size":{"shortest_edge":224},"do_center_crop":false}""", "shortest edge")]
    [DataRow("""{"size":{"height":224}}""", "'size'")]
    [DataRow("""{"size":224,"do_center_crop":false,"image_processor_type":"CLIPImageProcessor"}""", "shortest edge")]
    [DataRow("""{"size":[224]}""", "'size' is [224]")]
    [DataRow("""{"size":0,"crop_size":224}""", "Size")]
    [DataRow("""{"image_mean":[1,2]}""", "'image_mean'")]
    [DataRow("""{"image_std":[1,2,"x"]}""", "'image_std'")]
    [DataRow("""{"image_std":[1,2,0]}""", "StandardDeviation")]
    [DataRow("""{"do_normalize":1}""", "'do_normalize'")]
    [DataRow("""{"do_resize":false,"do_center_crop":false}""", "neither resizes nor crops")]
    [DataRow("""{"crop_size":[224]}""", "'crop_size'")]
    [DataRow("""{"size":{"height":256,"width":256},"crop_size":224}""", "256 × 256")]
    [DataRow("""{"rescale_factor":0}""", "RescaleFactor")]
    public void FromPreprocessorConfig_OfBadContent_NamesFileAndField(string json, string fragment)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Read(json));
        StringAssert.Contains(exception.Message, "preprocessor_config.json");
        StringAssert.Contains(exception.Message, fragment);
    }

    [TestMethod]
    public void FromPreprocessorConfig_WithoutFile_NamesIt()
    {
        var exception = Assert.ThrowsExactly<FileNotFoundException>(() => ClipImagePreprocessing.FromPreprocessorConfig("nowhere.json"));
        StringAssert.Contains(exception.Message, "nowhere.json");
    }

    private static ClipImagePreprocessing Read(string json)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("preprocessor_config.json");
        File.WriteAllText(path, json);
        return ClipImagePreprocessing.FromPreprocessorConfig(path);
    }
}
