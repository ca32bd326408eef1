# Signs or verifies requests with mixlib-authentication, the library of Chef's own clients.
# Reads {"do": "sign" | "verify", "private" | "public": PEM, "calls": [...]} and answers with a list of headers or of verdicts.
require "json"
require "mixlib/authentication/signatureverification"

order = JSON.parse($stdin.read)
Request = Struct.new(:env, :method, :path, :raw_post, :params)

answers = order["calls"].map do |call|
  if order["do"] == "sign"
    signer = Mixlib::Authentication::SignedHeaderAuth.signing_object(
      http_method: call["method"].downcase.to_sym, path: call["path"], body: call["body"], timestamp: call["time"],
      user_id: call["user"], proto_version: call["version"], headers: call["headers"] || {})
    signer.sign(OpenSSL::PKey::RSA.new(order["private"]))
  else
    headers = call["headers"].merge("host" => "localhost")
    env = headers.to_h { |name, value| ["HTTP_" + name.upcase.tr("-", "_"), value] }
    request = Request.new(env, call["method"], call["path"], call["body"], {})
    begin
      verifier = Mixlib::Authentication::SignatureVerification.new(request)
      # Any clock: the time of the requests is fixed.
      !verifier.authenticate_request(OpenSSL::PKey::RSA.new(order["public"]), 100 * 365 * 86_400).nil?
    rescue Mixlib::Authentication::AuthenticationError
      false
    end
  end
end
puts JSON.generate(answers)
